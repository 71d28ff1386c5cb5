"""From a confirmed suspect to a lead with a receiver, how complete it is, and its life until it is closed."""
