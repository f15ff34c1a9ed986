"""What operators install, as far as it can be checked without a container engine."""
