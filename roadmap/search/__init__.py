"""What somebody types, and the words that were meant. Pure; PostgreSQL finds the topics (`roadmap.search_text`)."""
