"""What a public body has to say about its site: who is responsible, personal data, accessibility, cookies, terms,
complaints."""
