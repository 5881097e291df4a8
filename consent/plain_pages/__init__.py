"""What every page without script has in common, whoever has its address: words, colours, headers, refusals."""
