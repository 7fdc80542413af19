"""What is wrong with the curriculum, and what could be better. `findings` and `links` are pure; `facts` reads."""
