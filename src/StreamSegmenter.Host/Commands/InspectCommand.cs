using System.CommandLine;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Customers;
using StreamSegmenter.Host.Configuration;
using StreamSegmenter.Host.Configuration.Sections;

namespace StreamSegmenter.Host.Commands;

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
        var configuration = new ConfigurationOptions();
        configuration.AddTo(command);
        var customer = new Option<string>("--customer")
        {
            Description = "The customer's id, or the anonymous id.", HelpName = "id", Required = true,
        };
        command.Options.Add(customer);
        command.SetAction(async (parsed, cancellation) =>
        {
            var loaded = configuration.Load(parsed, ConfigurationUse.Check, terminal);
            var fromFiles = loaded.Inputs.All(input => input.File is not null);
            loaded = configuration.Load(parsed, fromFiles ? ConfigurationUse.Replay : ConfigurationUse.Run, terminal);
            var id = parsed.GetValue(customer)!;
            var view = fromFiles
                ? await Task.Run(() => FromFiles(loaded, id, terminal, cancellation), cancellation)
                : await Task.Run(() => ChangelogInspection.Find(loaded, id, terminal, cancellation), cancellation);
            if (view is null)
            {
                throw new CommandFailure(fromFiles
                    ? $"the inputs have no event of a customer '{id}'"
                    : $"the changelog '{loaded.Outputs.Topics.Changelog}' knows no customer '{id}'");
            }

            CustomerPage.Write(view, loaded.Definitions.Currency, terminal.Out);
            return ExitCode.Fine;
        });
        return command;
    }

    private static CustomerView? FromFiles(
        StreamSegmenterConfiguration configuration, string customerId, Terminal terminal, CancellationToken cancellation)
    {
        var files = EngineSetup.FilesOf(configuration);
        var plan = new ReplayPlan(
            configuration.Definitions, configuration.Segments, EngineSetup.OptionsOf(configuration, files.Select(file => file.Name)),
            files, Math.Min(configuration.Engine.Lanes ?? Environment.ProcessorCount, configuration.Engine.Shards),
            configuration.Engine.Shards, Drain: false, Describe: customerId);
        return new ReplayRunner(plan, terminal.Time).Run(cancellation).Customer;
    }
}
