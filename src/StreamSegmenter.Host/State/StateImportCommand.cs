using System.CommandLine;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.State;

/// <summary><c>state import</c>: exported state into the changelog topic of an engine that has not begun. Not into a checkpoint: that is
/// only a copy of its changelog.</summary>
internal static class StateImportCommand
{
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "import",
            "Write the lines of 'state export' into the changelog topic that the configuration names, from which the engine then restores. "
            + "The topic must be empty, with as many partitions as the exported state had, and no engine may run in the group: both are "
            + "checked before anything is written. Remove old checkpoints of the new engine before (its engine.stateDirectory). The engine goes on "
            + "reading its inputs at the exported positions; with --forget-positions, at the group's committed offsets or where a "
            + "new group begins: for other input topics.",
            """
            streamsegmenter state import --config new.yaml state.jsonl
            streamsegmenter state import --config other-cluster.yaml --forget-positions state.jsonl
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var file = new Argument<string>("file") { Description = "What 'state export' wrote." };
        var forget = CheckedOption.Flag("--forget-positions", "The input topics are not the ones that the exported engine read.");
        var stopped = CheckedOption.Flag("--group-is-stopped", "Promise that no engine runs in the group, for brokers that cannot report it.");
        command.Arguments.Add(file);
        command.Options.Add(forget);
        command.Options.Add(stopped);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var configuration = options.Load(parsed, ConfigurationUse.Run, terminal);
                return Run(configuration, parsed.GetValue(file)!, parsed.GetValue(forget), parsed.GetValue(stopped), terminal, cancellation);
            },
            cancellation));
        return command;
    }

    private static int Run(
        StreamSegmenterConfiguration configuration, string file, bool forget, bool promised, Terminal terminal, CancellationToken cancellation)
    {
        var highest = Check(file, cancellation);
        var settings = CheckedKafka.ToWrite(configuration, out var partitions);
        if (highest >= partitions)
        {
            throw new CommandFailure(
                $"'{file}' has state of partition {highest}, the inputs have {partitions} partitions: customers would not be found. "
                + "Import where the inputs have as many partitions as those of the exported engine.");
        }

        if (new ImportTarget(settings).Objection(promised, CheckedKafka.BrokerTimeout, cancellation) is { } objection)
        {
            throw new CommandFailure(configuration.Redactor.Redact(objection));
        }

        var lines = Write(settings, file, forget, cancellation);
        terminal.Error.WriteLine($"{lines} lines are in '{settings.Outputs.Changelog}'; start the engine with this configuration");
        return ExitCode.Fine;
    }

    /// <summary>Reads all of it before anything is written.</summary>
    /// <returns>The highest partition.</returns>
    private static int Check(string file, CancellationToken cancellation)
    {
        var shards = new HashSet<int>();
        var partitions = new HashSet<int>();
        long number = 0;
        foreach (var line in File.ReadLines(file))
        {
            cancellation.ThrowIfCancellationRequested();
            var (partition, key, value) = StateLine.Parse(line, file, ++number);
            partitions.Add(partition);
            if (key.AsSpan().SequenceEqual(StateKey.ShardKey) && (ShardRecords.WithoutPositions(value).Length == 0 || !shards.Add(partition)))
            {
                throw new CommandFailure($"{file}:{number}: partition {partition} has two lines of kind 'shard'; this is not one export.");
            }
        }

        partitions.ExceptWith(shards);
        return shards.Count == 0 || partitions.Count > 0
            ? throw new CommandFailure($"'{file}' is not a whole export: a line of kind 'shard' is missing. Export without --customer, to the end.")
            : shards.Max();
    }

    private static long Write(KafkaSettings settings, string file, bool forget, CancellationToken cancellation)
    {
        using var producer = new TopicProducer(settings, settings.Outputs.Changelog);
        var shards = new List<(int Partition, byte[] Value)>();
        long lines = 0;
        foreach (var line in File.ReadLines(file))
        {
            var (partition, key, value) = StateLine.Parse(line, file, ++lines);
            if (key.AsSpan().SequenceEqual(StateKey.ShardKey))
            {
                shards.Add((partition, ShardRecords.OfGroup(forget ? ShardRecords.WithoutPositions(value) : value, settings.GroupId)));
            }
            else
            {
                producer.Send(partition, key, value, cancellation);
            }
        }

        // The shard's own line completes what precedes it: an interrupted import has no effect.
        producer.Flush(WriteTimeout);
        foreach (var (partition, value) in shards)
        {
            producer.Send(partition, StateKey.ShardKey, value, cancellation);
        }

        producer.Flush(WriteTimeout);
        return lines;
    }
}
