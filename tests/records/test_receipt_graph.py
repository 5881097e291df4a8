"""The record of ISO/IEC TS 27560 as others read it: expanded to a graph by a library that knows nothing of us."""

import json

import pytest
from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef

from tests.records.test_receipt_formats import ALL, OPTIONAL, URL, decided, made

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # of rdflib's own

DPV, DCT = Namespace("https://w3id.org/dpv#"), Namespace("http://purl.org/dc/terms/")
KNOWN = (
    str(DPV),
    "https://w3id.org/dpv/loc#",
    str(DCT),
    "http://www.w3.org/2004/02/skos/core#",
    str(RDF),
    "urn:consent:",
)
PREFIXES = ("dpv:", "loc:", "dct:", "skos:", "rdf:", "consent:")


def graph(*decision):
    return Graph().parse(data=json.dumps(made("iso-27560", decided(*decision))), format="json-ld")


@pytest.mark.parametrize("decision", ALL.values(), ids=ALL)
def test_every_term_is_one_of_a_vocabulary_and_no_name_is_left_a_text(decision):
    for subject, predicate, value in graph(*decision):
        assert str(predicate).startswith(KNOWN)
        assert not isinstance(value, Literal) or not str(value).startswith(PREFIXES), (subject, predicate, value)
        assert predicate != RDF.type or str(value).startswith(KNOWN)


def test_what_was_granted_can_be_asked_of_the_graph():
    found = graph("custom", ("ga4", "youtube"))
    granted = {
        str(found.value(process, DCT.identifier))
        for process in found.objects(None, DPV.hasProcess)
        if (found.value(process, DPV.hasConsentStatus), RDF.type, DPV.ConsentGiven) in found
    }
    assert granted == {"ga4", "youtube"} < OPTIONAL


def test_times_are_times_and_places_are_places():
    found = graph("custom", ("ga4",))
    times = {
        value.datatype
        for name in (DCT.created, DCT.valid, DPV.isIndicatedAtTime)
        for value in found.objects(None, name)
    }
    assert times == {XSD.dateTime}
    places = set(found.objects(None, DPV.hasLocation))
    assert {DPV.WithinDevice, URIRef("https://w3id.org/dpv/loc#US")} <= places
    assert set(found.objects(None, DPV.hasJurisdiction)) == {Literal("not stated")}


def test_where_to_withdraw_is_an_address():
    found = graph("custom", ("ga4",))
    controls = {found.value(each, DPV.isExercisedAt) for each in found.objects(None, DPV.hasConsentControl)}
    assert controls == {URIRef(URL)}
