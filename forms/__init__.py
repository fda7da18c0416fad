"""What is asked: question sources, their compiler, and the engine that proves them."""
