"""The program: settings in, one group of tasks out; what comes in is read here and what goes out is planned here."""
