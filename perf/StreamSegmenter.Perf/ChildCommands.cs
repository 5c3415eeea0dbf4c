using System.CommandLine;
using System.Text.Json;
using StreamSegmenter.Perf.Checkpoints;
using StreamSegmenter.Perf.Load;

namespace StreamSegmenter.Perf;

/// <summary>The processes that the bench starts: the broker, and what is measured. Hidden from the help, but useful by hand with
/// a profiler.</summary>
internal static class ChildCommands
{
    private static readonly Option<LoadSource> Source = new("--source") { Description = "memory or kafka." };
    private static readonly Option<LoadCodec> Codec = new("--codec") { Description = "json or avro." };
    private static readonly Option<TrafficShape> Shape = new("--shape") { Description = "uniform, sessions or hot." };
    private static readonly Option<long> Events = new("--events") { Description = "Events behind the warm-up.", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<LoadDurability> Durability = new("--durability") { Description = "usual, transactions or checkpoints." };
    private static readonly Option<string> Bootstrap = new("--bootstrap") { Description = "Address of the broker.", DefaultValueFactory = _ => "" };

    public static IEnumerable<Command> Create()
    {
        yield return Child("engine", "Measures one lane of the engine.", LoadProgram.Engine, EngineProgram.Run);
        yield return Child("consume", "Measures a bare Consume() loop.", LoadProgram.Consume, ConsumeProgram.Run);
        var broker = new Command("broker", "Serves a topic that holds the load until its standard input closes.") { Source, Codec, Shape, Events, Durability };
        broker.Hidden = true;
        broker.SetAction(arguments => BrokerProgram.Run(Options(arguments, LoadProgram.Engine)));
        yield return broker;
    }

    /// <summary>Not part of the bench: it takes as long as the disk does.</summary>
    public static Command CreateCheckpoint()
    {
        var customers = new Option<int>("--customers") { Description = "Customers of the shard.", DefaultValueFactory = _ => 1_000_000 };
        var memory = new Option<long>("--state-memory")
        {
            Description = "MiB of memory for the lane's customer stores, of which a shard has an eighth; what does not fit is spilled.",
            DefaultValueFactory = _ => 8_192,
        };
        var command = new Command(
            "checkpoint", "Measures what a checkpoint costs the lane that goes on meanwhile, and what it saves at a restart.") { customers, memory };
        command.SetAction(arguments => CheckpointProgram.Run(arguments.GetValue(customers), arguments.GetValue(memory)));
        return command;
    }

    public static Command CreateSpill()
    {
        var customers = new Option<int>("--customers") { Description = "Customers of the shard.", DefaultValueFactory = _ => 500_000 };
        var memory = new Option<long>("--state-memory")
        {
            Description = "MiB of memory for the lane's customer stores, of which a shard has an eighth.", DefaultValueFactory = _ => 512,
        };
        var command = new Command("spill", "Measures what the compaction of spilled state gives and costs, twenty updates of every customer long.")
        {
            customers, memory,
        };
        command.SetAction(arguments => SpillProgram.Run(arguments.GetValue(customers), arguments.GetValue(memory)));
        return command;
    }

    private static Command Child(string name, string description, LoadProgram program, Func<LoadOptions, string, LoadRound> run)
    {
        var command = new Command(name, description) { Source, Codec, Shape, Events, Durability, Bootstrap };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            var round = run(Options(arguments, program), arguments.GetValue(Bootstrap)!);
            Console.Out.WriteLine(JsonSerializer.Serialize(round, LoadJson.Default.LoadRound));
        });
        return command;
    }

    private static LoadOptions Options(ParseResult arguments, LoadProgram program) =>
        new(program, arguments.GetValue(Source), arguments.GetValue(Codec), arguments.GetValue(Shape), arguments.GetValue(Events))
        {
            Durability = arguments.GetValue(Durability),
        };
}
