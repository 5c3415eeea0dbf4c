using System.CommandLine;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Conversions;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.ShopMetrics;

/// <summary><c>metrics</c>: the conversion numbers of the shop in a table, as their topic has them now, or as a replay wrote them.</summary>
internal static class MetricsCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "metrics",
            "Show conversion metrics by window or by the values of a dimension. Reads their topic as it is now and disturbs no running engine, "
            + "or reads what a replay wrote.",
            """
            streamsegmenter metrics --config samples/shop.yaml --window 1h
            streamsegmenter metrics --config shop.yaml --window day --dimension channel --from 2026-01-01 --csv
            streamsegmenter metrics --config shop.yaml --replay results
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var window = CheckedOption.Text("--window", "One of conversions.windows, such as 1h or day. Default: the first of them.", "window");
        var dimension = CheckedOption.Text("--dimension", "One of conversions.dimensions. Default: all traffic.", "name");
        var from = CheckedOption.Instant("--from", "Leave out windows that begin before: ISO 8601 (UTC unless it carries a zone) or epoch milliseconds.");
        var to = CheckedOption.Instant("--to", "Leave out windows that begin then or later.");
        var replay = CheckedOption.Text("--replay", "Read the results that 'replay' wrote into this folder, in place of the topic.", "folder");
        var csv = CheckedOption.Flag("--csv", "Write every window and every figure as CSV. Money is in minor units.");
        foreach (var option in new Option[] { window, dimension, from, to, replay, csv })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            var folder = parsed.GetValue(replay);
            var configuration = options.Load(parsed, folder is null ? ConfigurationUse.Run : ConfigurationUse.Check, terminal);
            var definition = configuration.Definitions.Conversions;
            if (definition.Windows.Count == 0)
            {
                throw new CommandFailure("the configuration counts no conversions: add conversions.windows, such as [1h]", ExitCode.Usage);
            }

            var (fromMs, toMs) = (parsed.GetValue(from), parsed.GetValue(to));
            if (fromMs >= toMs)
            {
                throw new CommandFailure("--from must be before --to", ExitCode.Usage);
            }

            var selection = new MetricsSelection(
                WindowOf(definition, parsed.GetValue(window)), DimensionOf(definition, parsed.GetValue(dimension)), fromMs, toMs);
            if (folder is not null)
            {
                ReplayedMetrics.Read(folder, selection);
            }
            else
            {
                var settings = CheckedKafka.ToRead(configuration);
                new TopicScan(settings).Read(settings.Outputs.ConversionMetrics, selection, cancellation);
            }

            Show(selection, configuration, definition, parsed.GetValue(csv), terminal);
            return Task.FromResult(ExitCode.Fine);
        });
        return command;
    }

    private static void Show(
        MetricsSelection selection, StreamSegmenterConfiguration configuration, ConversionDefinition definition, bool asCsv, Terminal terminal)
    {
        var panes = selection.Panes;
        if (panes.Count == 0)
        {
            terminal.Error.WriteLine($"There are no numbers of '{selection.Dimension}' by {selection.Window} there.");
        }

        if (asCsv)
        {
            MetricsCsv.Write(panes, [.. definition.Funnel.Select(EventTypes.NameOf)], terminal.Out);
        }
        else if (panes.Count > 0)
        {
            new MetricsTable(selection.Window, definition.TimeZone, configuration.Definitions.Currency).Write(selection.Dimension, panes, terminal.Out);
        }
    }

    private static ConversionWindow WindowOf(ConversionDefinition definition, string? text)
    {
        if (text is null)
        {
            return definition.Windows[0];
        }

        return ConversionWindow.TryParse(text, out var window) && definition.Windows.Contains(window)
            ? window
            : throw new CommandFailure(
                $"--window: '{text}' is not counted. conversions.windows has: {string.Join(", ", definition.Windows)}", ExitCode.Usage);
    }

    private static string DimensionOf(ConversionDefinition definition, string? name)
    {
        string[] known = [MetricsSelection.AllTraffic, .. definition.Dimensions.Select(dimension => dimension.Name)];
        return name is null ? MetricsSelection.AllTraffic
            : known.Contains(name) ? name
            : throw new CommandFailure($"--dimension: '{name}' is not counted{NearestName.HintOrList(name, known)}", ExitCode.Usage);
    }
}
