import { NAMES } from "../names.mjs";

/**
 * The facts of a realistic policy of six services, exactly as the server composed them: the sample
 * for the size budget and the tests.
 */
export const SOURCE = String.raw`{k:"kX3v9QpLm2TzR8wB",v:"3f6a1c0e9b7d4852a1e0c3b5f7d90264c8b1a3e5d7f90b2c4e6a8d0f1b3c5e7a",b:"9c1e5a7b3d2f4860",m:3,d:180,c:"consent",h:0,o:[0,500,1,0],categories:["necessary","functional","analytics","ma","advertising"],services:[[".consent"],[".ga4",2,[(w,k)=>{w["ga-disable-G-ABC1234567"]=!1;w.dataLayer=w.dataLayer||[];w.gtag=w.gtag||function(){w.dataLayer.push(arguments)};w.gtag?.("js",new Date());w.gtag?.("config","G-ABC1234567");k("https://www.googletagmanager.com/gtag/js?id=G-ABC1234567")}],[(w,k)=>{w["ga-disable-G-ABC1234567"]=!0}],0,"__utm.*|_dc_gtm_.*|_ga|_ga_.*|_gat.*|_gid",0,[(w,k)=>{w["ga-disable-G-ABC1234567"]=!1}]],[".google_search_console",2],[".youtube",1],[".hubspot",3,[(w,k)=>{w.disableHubSpotCookieBanner=!0;(w._hsp=w._hsp||[]).push(["setHubSpotConsent",{analytics:!0,advertisement:!1,functionality:!0}]);k("https://js.hs-scripts.com/12345678.js",{id:"hs-script-loader"})}],[(w,k)=>{w._hsp?.push(["revokeCookieConsent"])},(w,k)=>{w._hsq?.push(["doNotTrack"])}],2,"__hs.*|hs-messages-.*|hs_ab_test|hubspotutk|messagesUtk",0,[(w,k)=>{w._hsp?.push(["setHubSpotConsent",{analytics:!0,advertisement:!1,functionality:!0}])}]],[".meta_pixel",4,[(w,k)=>{if(!w.fbq){let f=w.fbq=function(){f.callMethod?f.callMethod.apply(f,arguments):f.queue.push(arguments)};f.queue=[];w._fbq=w._fbq||f;f.push=f;f.loaded=!0;f.version="2.0";}w.fbq?.("consent","grant");w.fbq?.("init","123456789012345");w.fbq?.("track","PageView");k("https://connect.facebook.net/en_US/fbevents.js")}],[(w,k)=>{w.fbq?.("consent","revoke")}],0,"_fbc|_fbp",0,[(w,k)=>{w.fbq?.("consent","grant")}]]],l:{"ja":"Cookie設定","en":"Cookie settings"}}`;

const LONG = Object.fromEntries(Object.entries(NAMES).map(([long, short]) => [short, long]));

/** @param {object} changes @returns {import('../src/policy.js').Facts} */
export const facts = (changes = {}) => {
  const short = Object.entries(new Function(`return ${SOURCE}`)());
  return {
    ...Object.fromEntries(short.map(([name, value]) => [LONG[name] || name, value])),
    ...changes,
  };
};
