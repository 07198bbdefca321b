"""What things are: environments, jobs, nodes, events, deploys and problems, as frozen plain data."""
