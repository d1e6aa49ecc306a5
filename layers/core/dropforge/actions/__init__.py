"""What the application does, one verb a file. Facts and ports in, an answer out; nothing here knows AWS."""
