using System.CommandLine;
using System.IO.Compression;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Demo;

/// <summary><c>generate</c>: a storefront's traffic into a file, as fast as it can be written, or into a Kafka topic at the pace of
/// its own event times.</summary>
internal static class GenerateCommand
{
    private const long CountDefault = 100_000;

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "generate",
            "Generate a storefront's traffic: into a file, or with --config live into the first topic of a configuration.",
            """
            streamsegmenter generate --for 1h --rate 500 --out events.jsonl.gz
            streamsegmenter generate --config samples/shop.yaml --rate 200
            """);
        var output = CheckedOption.Text("--out", "The file to write; .gz is packed; '-' is standard output.", "file", "-o");
        output.DefaultValueFactory = _ => "-";
        var format = CheckedOption.Choice("--format", "How events are written to a file.", "json", "csv");
        var start = CheckedOption.Instant("--start", "Event time of a file's first event, such as 2026-01-31T12:00:00Z. Default: 2026-01-01.");
        var configuration = new ConfigurationOptions(required: false);
        var traffic = new TrafficOptions();
        command.Options.Add(output);
        command.Options.Add(format);
        traffic.AddTo(command);
        command.Options.Add(start);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            if (configuration.IsGiven(parsed))
            {
                var loaded = configuration.Load(parsed, ConfigurationUse.Run, terminal);
                var live = traffic.Read(parsed, terminal.Time.GetUtcNow().ToUnixTimeMilliseconds());
                return SendAsync(loaded, live, traffic.CountOf(parsed), terminal, cancellation);
            }

            var options = traffic.Read(parsed, parsed.GetValue(start) ?? new GeneratorOptions().StartMs);
            var count = traffic.CountOf(parsed) ?? CountDefault;
            return WriteAsync(options, count, parsed.GetValue(output)!, parsed.GetValue(format) == "csv", terminal, cancellation);
        });
        return command;
    }

    private static async Task<int> WriteAsync(
        GeneratorOptions options, long count, string path, bool csv, Terminal terminal, CancellationToken cancellation)
    {
        long written = 0;
        var work = Task.Run(() =>
        {
            using var stream = Open(path, terminal);
            GeneratedTraffic.Write(options, count, csv, stream, done => Volatile.Write(ref written, done), cancellation);
        }, CancellationToken.None);
        await new ProgressLine(terminal).FollowAsync(work, () => new ProgressFigures(Volatile.Read(ref written), null, null, null));
        terminal.Error.WriteLine($"{count:N0} events in {(path == "-" ? "standard output" : path)}");
        return ExitCode.Fine;
    }

    private static async Task<int> SendAsync(
        StreamSegmenterConfiguration configuration, GeneratorOptions options, long? count, Terminal terminal,
        CancellationToken cancellation)
    {
        var input = configuration.Inputs[0];
        if (input.Format != RecordFormat.Json)
        {
            throw new CommandFailure($"generate writes JSON, and the topic '{input.Topic}' is {input.Format}", ExitCode.Usage);
        }

        using var producer = new TopicProducer(configuration.Kafka!, input.Topic!);
        var traffic = new GeneratedTraffic(options, producer, terminal.Time);
        await new ProgressLine(terminal).FollowAsync(
            traffic.SendAsync(count, cancellation), () => new ProgressFigures(traffic.Sent, null, null, null));
        terminal.Error.WriteLine($"{traffic.Sent:N0} events in topic {input.Topic}");
        return ExitCode.Fine;
    }

    private static Stream Open(string path, Terminal terminal)
    {
        if (path == "-")
        {
            return terminal.OpenOutput();
        }

        if (Directory.Exists(path))
        {
            throw new CommandFailure($"--out expects a file, and '{path}' is a folder. Name a file in it.", ExitCode.Usage);
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Folders.Make(folder, "--out");
        }

        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Fastest) : file;
    }
}
