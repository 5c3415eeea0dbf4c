using System.CommandLine;

namespace StreamSegmenter.Chaos;

/// <summary>The command line of <c>./build.sh chaos</c>.</summary>
internal static class ChaosCommand
{
    public static RootCommand Create()
    {
        var brokers = new Option<string?>("--brokers") { Description = "host:port of a real cluster. Without it: the embedded broker, at least once.", HelpName = "host:port" };
        var minutes = new Option<double>("--minutes") { Description = "How long engines are disturbed.", DefaultValueFactory = _ => 5 };
        var faults = new Option<int?>("--faults") { Description = "End after so many faults, if that is earlier." };
        var atLeastOnce = new Option<bool>("--at-least-once") { Description = "Instead of exactly once. Nothing fences there, so nothing is frozen." };
        var instances = new Option<int?>("--instances") { Description = "Processes of the engine. Default: 2; 1 on the embedded broker." };
        var named = new Option<bool>("--named") { Description = "Static membership: instances have names that stay over a restart." };
        var consumer = new Option<bool>("--consumer-protocol") { Description = "The broker assigns the partitions (Kafka 4)." };
        var rate = new Option<int>("--rate") { Description = "Events per second.", DefaultValueFactory = _ => 300 };
        var seed = new Option<int>("--seed") { Description = "Decides events and faults. Default: another each time." };
        var kill = new Option<string?>("--broker-kill") { Description = "Command that kills broker {n} of the cluster. Brokers are killed for 20 to 40 s, one at a time, while all replicas are in sync.", HelpName = "command" };
        var start = new Option<string?>("--broker-start") { Description = "Command that starts broker {n} again.", HelpName = "command" };
        var set = new Option<string[]>("--set") { Description = "Sets a configuration key for the engines and the replay, such as engine.alignment=0s. May be given more than once.", HelpName = "key=value", CustomParser = Settings };
        var recovery = new Option<int>("--recovery") { Description = "Fail when an instance is not ready for longer than so many seconds.", DefaultValueFactory = _ => 60, HelpName = "seconds", CustomParser = Seconds };
        var root = new RootCommand(
            "Runs engines under load, kills, freezes and restarts them at random moments, lets them drain, and compares what they wrote "
            + "with a replay of the same input. Exit 0: no difference; 1: differences, with the first few spelled out.")
        {
            brokers, minutes, faults, atLeastOnce, instances, named, consumer, rate, seed, kill, start, recovery, set,
        };
        root.Validators.Add(parsed =>
        {
            if ((parsed.GetValue(kill) is null) != (parsed.GetValue(start) is null) || (parsed.GetValue(kill) is not null && parsed.GetValue(brokers) is null))
            {
                parsed.AddError("--broker-kill, --broker-start and --brokers go together.");
            }
        });
        root.SetAction(parsed =>
        {
            var cluster = parsed.GetValue(brokers);
            return Run(new ChaosPlan
            {
                Brokers = cluster,
                ExactlyOnce = cluster is not null && !parsed.GetValue(atLeastOnce),
                Instances = parsed.GetValue(instances) ?? (cluster is null ? 1 : 2),
                TimeMax = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                FaultsMax = parsed.GetValue(faults) ?? int.MaxValue,
                Freezes = cluster is not null && !parsed.GetValue(atLeastOnce),
                NamedInstances = parsed.GetValue(named),
                ConsumerProtocol = parsed.GetValue(consumer),
                BrokerKill = parsed.GetValue(kill),
                BrokerStart = parsed.GetValue(start),
                RecoveryMax = TimeSpan.FromSeconds(parsed.GetValue(recovery)),
                Settings = parsed.GetValue(set) ?? [],
                EventsPerSecond = parsed.GetValue(rate),
                SessionTimeout = TimeSpan.FromSeconds(cluster is null ? 2 : 6),
                Seed = parsed.GetResult(seed) is null ? Random.Shared.Next(1, 1_000_000) : parsed.GetValue(seed),
                Folder = Directory.CreateTempSubdirectory("streamsegmenter-chaos-").FullName,
                Say = Console.Error.WriteLine,
            });
        });
        var broker = new Command(BrokerProgram.Verb, "The embedded broker alone, until standard input closes.") { Hidden = true };
        broker.SetAction(_ => BrokerProgram.Run());
        root.Subcommands.Add(broker);
        return root;
    }

    /// <summary><c>60s</c> and <c>60</c> alike.</summary>
    private static int Seconds(System.CommandLine.Parsing.ArgumentResult given)
    {
        var text = given.Tokens.Count == 1 ? given.Tokens[0].Value : "";
        if (int.TryParse(text.TrimEnd('s'), out var seconds) && seconds > 0)
        {
            return seconds;
        }

        given.AddError($"--recovery: '{text}' is no time; write seconds, such as 60s.");
        return 0;
    }

    /// <summary>Refuses what is no setting here, before a cluster is disturbed for it. The engine knows the keys.</summary>
    private static string[] Settings(System.CommandLine.Parsing.ArgumentResult given)
    {
        string[] settings = [.. given.Tokens.Select(token => token.Value)];
        if (Array.Find(settings, setting => setting.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong)
        {
            given.AddError($"--set: '{wrong}' is no setting; write key=value, such as engine.alignment=1m.");
        }

        return settings;
    }

    private static int Run(ChaosPlan plan)
    {
        plan.Say($"{plan.Instances} × streamsegmenter run, {(plan.ExactlyOnce ? "exactly once" : "at least once")}, "
            + $"{plan.Brokers ?? "embedded broker"}, {plan.EventsPerSecond} events/s, seed {plan.Seed}, in {plan.Folder}");
        var result = new ChaosRun(plan).Run();
        result.Write(Console.Out);
        if (result.IsGood)
        {
            Directory.Delete(plan.Folder, recursive: true);
        }
        else
        {
            Console.Out.WriteLine($"input, configuration and replay are kept in {plan.Folder}");
        }

        return result.IsGood ? 0 : 1;
    }
}
