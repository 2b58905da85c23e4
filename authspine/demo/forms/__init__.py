"""What a visitor fills in. Forms check shapes, so that an error stands beside its field; journeys check the rest."""
