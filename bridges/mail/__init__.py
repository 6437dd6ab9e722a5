"""Mail: fetched by IMAP, understood as RFC 5322, composed and sent by SMTP."""
