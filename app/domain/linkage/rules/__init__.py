"""The rules of the checker, a file per part of the catalogue. Each finds; none tells, weighs or stores."""
