"""Things to each other and to lists: sellers linked by licence number, phone or address, with the reasons."""
