using System.CommandLine;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.Explain;

/// <summary><c>explain</c>: why a customer got a trigger, or got none, and what is to come.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "explain",
            "Explain one customer at an instant: the carts and their armed deadlines, what fired, what was suppressed and why, and what "
            + "happens next if nothing happens. Replays the inputs' files up to the instant where every input names one; "
            + "otherwise reads the running engine's changelog and output topics on Kafka.",
            """
            streamsegmenter explain --config samples/replay/taobao.yaml --customer 1000001 --at 2017-11-28T12:00:00Z
            streamsegmenter explain --config samples/shop.yaml --customer c-42 --json
            """);
        var options = new CustomerOptions();
        options.AddTo(command);
        var at = CheckedOption.Instant(
            "--at",
            "The instant of event time: ISO 8601 (UTC unless it has a zone) or epoch milliseconds. Default: the end of the "
                + "inputs, or the instant of the engine's state of the customer.");
        var replay = CheckedOption.Text(
            "--replay", "Take what fired and what was suppressed from the results that 'replay' wrote into this folder.", "folder");
        var json = JsonOption.Create();
        command.Options.Add(at);
        command.Options.Add(replay);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = options.Load(parsed, terminal);
            var atMs = parsed.GetValue(at);
            var folder = parsed.GetValue(replay);
            var id = options.CustomerId(parsed);
            var past = folder is null ? null : CustomerPast.ReadFolder(folder, id);
            var found = await options.FindAsync(parsed, configuration, atMs, withPast: past is null, terminal, cancellation);
            var explanation = Explanation.Of(configuration, id, past is null ? found : found with { Past = past }, atMs);
            if (parsed.GetValue(json))
            {
                ExplanationJson.Write(explanation, terminal.Out);
            }
            else
            {
                new ExplanationPage(configuration.Definitions).Write(explanation, terminal.Out);
            }

            return ExitCode.Fine;
        });
        return command;
    }
}
