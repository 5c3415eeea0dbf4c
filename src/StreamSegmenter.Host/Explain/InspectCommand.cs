using System.CommandLine;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.Explain;

/// <summary><c>inspect</c>: one customer's state, as the engine holds it: out of the changelog, or after a replay of files.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "inspect",
            "Show one customer's state: session, carts with their deadlines, segments and why. Reads the engine's changelog on Kafka, "
            + "or replays the inputs' files where every input names one.",
            """
            streamsegmenter inspect --config samples/shop.yaml --customer c-42
            streamsegmenter inspect --config samples/replay/rees46.yaml --customer 541312140 --set inputs[0].file=2019-Oct.csv.gz
            """);
        var options = new CustomerOptions();
        options.AddTo(command);
        var json = JsonOption.Create();
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = options.Load(parsed, terminal);
            var found = await options.FindAsync(parsed, configuration, atMs: null, withPast: false, terminal, cancellation);
            var explanation = Explanation.Of(configuration, options.CustomerId(parsed), found, atMs: null);
            if (parsed.GetValue(json))
            {
                ExplanationJson.Write(explanation, terminal.Out);
            }
            else
            {
                CustomerPage.Write(explanation, configuration.Definitions.Currency, terminal.Out);
            }

            return ExitCode.Fine;
        });
        return command;
    }
}
