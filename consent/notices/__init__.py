"""The site's own privacy policy as text. It is called privacy notice here (ISO/IEC 29184): a *policy* is what the banner asks."""
