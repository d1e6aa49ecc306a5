SAID = "hello"
