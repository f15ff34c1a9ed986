"""Planted faults and near-misses for every rule of the checker; the tables say what must be found."""
