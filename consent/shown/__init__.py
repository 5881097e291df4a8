"""What visitors were given, kept byte for byte: builds of the banner, every composed file, and a replay of both."""
