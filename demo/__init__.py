"""The site of a fictitious customer: what a visitor sees where the consent script is embedded."""
