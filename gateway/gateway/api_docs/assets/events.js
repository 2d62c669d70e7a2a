// Starts the reader of the events.
fetch("/asyncapi.json")
  .then((answer) => answer.json())
  .then((schema) => {
    AsyncApiStandalone.render(
      { schema, config: { show: { errors: false }, sidebar: { showOperations: "byDefault" } } },
      document.getElementById("reader"),
    );
  });
