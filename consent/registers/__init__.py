"""The two registers that the law of Japan asks for: who confirmed the consent that recipients need (APPI, Article 31), and
how recipients abroad are looked after (Article 28). Nothing in them is about a visitor.
"""
