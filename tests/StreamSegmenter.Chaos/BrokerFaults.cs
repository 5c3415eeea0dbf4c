using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Chaos;

/// <summary>Kills brokers of a real cluster and starts them again, with an operator's commands, on a thread of its own: one at a time, and
/// only while every partition has all its replicas in sync, so that none falls below <c>min.insync.replicas</c>.</summary>
internal sealed class BrokerFaults : IDisposable
{
    private const string NumberPlace = "{n}";
    private static readonly TimeSpan InSyncMax = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);
    private readonly ChaosPlan _plan;
    private readonly Action<string> _done;
    private readonly IAdminClient _admin;
    private readonly Random _random;
    private readonly ManualResetEventSlim _ending = new();
    private readonly Thread _thread;
    private readonly int[] _brokers;

    /// <param name="done">Hears of every fault once it is done.</param>
    public BrokerFaults(ChaosPlan plan, Action<string> done)
    {
        _plan = plan;
        _done = done;
        _random = new Random(plan.Seed + 1);
        _admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = plan.Brokers }).SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { }).Build();
        _brokers = [.. _admin.GetMetadata(MetadataTimeout).Brokers.Select(broker => broker.BrokerId).Order()];
        _thread = new Thread(Disturb) { IsBackground = true, Name = "brokers" };
        _thread.Start();
    }

    /// <summary>Why it gave up; null: it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Ends with all brokers at work again.</summary>
    public void End()
    {
        _ending.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        End();
        _admin.Dispose();
        _ending.Dispose();
    }

    private void Disturb()
    {
        try
        {
            while (Waiting.Until(() => _ending.IsSet || IsInSync(), InSyncMax, pauseMs: 500) && !_ending.IsSet)
            {
                var broker = _brokers[_random.Next(_brokers.Length)];
                Run(_plan.BrokerKill!, broker);
                _done(Text($"broker {broker} killed"));
                _ending.Wait(TimeSpan.FromSeconds(20 + _random.Next(20)));
                Run(_plan.BrokerStart!, broker);
                _done(Text($"broker {broker} started"));
                _ending.Wait(TimeSpan.FromSeconds(5 + _random.Next(15)));
            }

            Failure = Waiting.Until(IsInSync, InSyncMax, pauseMs: 500) ? null : "not every partition has its replicas in sync again";
        }
        catch (InvalidOperationException e)
        {
            Failure = e.Message;
        }
    }

    private bool IsInSync()
    {
        try
        {
            var known = _admin.GetMetadata(MetadataTimeout);
            return known.Brokers.Count == _brokers.Length
                && known.Topics.SelectMany(topic => topic.Partitions).All(partition => partition.InSyncReplicas.Length == partition.Replicas.Length);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private static void Run(string command, int broker)
    {
        var text = command.Replace(NumberPlace, Text($"{broker}"), StringComparison.Ordinal);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", text]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"'{text}' cannot be started");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        // Without a limit it would also wait for the broker that it leaves running with its output.
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)) || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{text}' failed");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
