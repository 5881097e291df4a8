from consent.cli import main

main()
