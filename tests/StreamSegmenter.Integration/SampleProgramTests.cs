using System.Diagnostics;
using System.Globalization;
using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>The programs of <c>samples/</c>, run as their users run them.</summary>
public sealed class SampleProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void The_embedding_program_counts_triggers_by_rule_and_ends_when_it_is_told_to()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "shop");
        var now = DateTimeOffset.UtcNow;
        string[] customers = ["ann", "bob", "cem"];
        broker.Produce(settings.Inputs[0].Topic, [.. customers.Select(customer => Added(customer, now.AddSeconds(-30))), Added("dan", now.AddSeconds(-1))]);
        var outputs = settings.Outputs;
        using var program = Start(
            "Embedding", SampleFile("demo.yaml"), $"kafka.brokers={broker.BootstrapServers}", $"kafka.group={settings.GroupId}",
            "kafka.delivery=at-least-once", $"inputs[0].topic={settings.Inputs[0].Topic}", "engine.lanes=1",
            $"outputs.topics.cartAbandonment={outputs.CartAbandonment}", $"outputs.topics.segmentMembership={outputs.SegmentMembership}",
            $"outputs.topics.conversionMetrics={outputs.ConversionMetrics}", $"outputs.topics.deadLetters={outputs.DeadLetters}",
            $"outputs.topics.suppressedTriggers={outputs.SuppressedTriggers}", $"outputs.topics.lateEvents={outputs.LateEvents}",
            $"outputs.topics.changelog={outputs.Changelog}");

        var lines = new List<string>();
        var fired = customers.Select(customer => $"abandoned-cart: {customer}, 1 products").ToHashSet();
        while (!fired.IsSubsetOf(lines))
        {
            lines.Add(ReadLine(program));
        }

        Programs.Signal(program, Programs.SigTerm);
        for (var line = ReadLine(program); !line.StartsWith("abandoned-cart ", StringComparison.Ordinal); line = ReadLine(program))
        {
            lines.Add(line);
        }

        Assert.True(program.WaitForExit(Patience), "it does not end");
        Assert.Equal(0, program.ExitCode);

        // Dan's cart may have fired as well by then: the clock goes on.
        Assert.InRange(lines.Count(line => line.StartsWith("abandoned-cart: ", StringComparison.Ordinal)), 3, 4);
    }

    [Fact]
    public void The_embedding_program_shows_every_error_of_a_configuration_with_its_place()
    {
        var file = Path.Combine(Path.GetTempPath(), $"wrong-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, "kafka: { brokers: nowhere:1 }\ninputs:\n  - topik: shop\ngrace: 5 parsecs\n");
        try
        {
            using var program = Start("Embedding", file);
            var errors = program.StandardError.ReadToEnd();

            Assert.True(program.WaitForExit(Patience), "it does not end");
            Assert.Equal(1, program.ExitCode);
            Assert.Contains($"{file}:3:5: unknown key 'topik'", errors, StringComparison.Ordinal);
            Assert.Contains($"{file}:4:8: 'grace' expects a duration", errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_rules_alone_say_what_happens_to_a_customer_and_when()
    {
        using var program = Start("Rules", SampleFile("demo.yaml"));

        Assert.Equal(
            ["12:00:02 ann Entered hesitating", "12:01:02 ann Exited hesitating", "12:00:07 ann abandoned-cart Emitted"],
            program.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static Process Start(string sample, params string[] arguments) =>
        Programs.Start(Assembly(sample), arguments, start =>
        {
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
        });

    private static string ReadLine(Process program)
    {
        var reading = program.StandardOutput.ReadLineAsync();
        Assert.True(reading.Wait(Patience), "it is silent");
        return reading.Result ?? throw new InvalidOperationException("It ended: " + program.StandardError.ReadToEnd());
    }

    private static (int Partition, string? Key, string? Value) Added(string customer, DateTimeOffset at) =>
        (0, customer, string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"event_type":"product_added","event_time":{{at.ToUnixTimeMilliseconds()}},"customer_id":"{{customer}}","product_id":"shoe"}"""));

    private static string SampleFile(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "StreamSegmenter.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "samples", name);
    }

    // Of the same configuration and framework as the tests: …/bin/Release/net10.0/.
    private static string Assembly(string sample)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return SampleFile(Path.Combine(sample, "bin", framework.Parent!.Name, framework.Name, sample + ".dll"));
    }
}
