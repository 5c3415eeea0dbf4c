using System.Diagnostics;

namespace StreamSegmenter.Chaos;

/// <summary>The embedded broker in a process of its own: it goes on when the engine dies, and the engine when it is away. It ends
/// with this process, however that ends: its standard input closes then. One thread at a time.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    public BrokerProcess()
    {
        _process = Programs.Start(
            typeof(BrokerProcess).Assembly.Location, [BrokerProgram.Verb], start =>
            {
                start.RedirectStandardInput = true;
                start.RedirectStandardOutput = true;
            });
        BootstrapServers = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("The broker's process ended before it listened; see its message above.");
    }

    public string BootstrapServers { get; }

    public void CreateTopic(string name, int partitions) => Tell($"create {name} {partitions}");

    /// <summary>Cuts all connections and refuses new ones until <see cref="GoUp"/>; topics and groups stay.</summary>
    public void GoDown() => Tell("down");

    public void GoUp() => Tell("up");

    /// <summary>Names another address to clients as its own: that of a proxy.</summary>
    public void Advertise(string host, int port) => Tell($"advertise {host} {port}");

    /// <summary>The next request of that kind is answered so much later.</summary>
    /// <param name="apiKey">The protocol's number of the request: 0 produce, 1 fetch, 8 offset commit.</param>
    public void Delay(short apiKey, TimeSpan delay) => Tell($"delay {apiKey} {(long)delay.TotalMilliseconds}");

    /// <summary>Answers the next requests of one kind with these errors of the protocol.</summary>
    public void Fail(short apiKey, params int[] errors) => Tell($"fail {apiKey} {string.Join(' ', errors)}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        if (_process.StandardOutput.ReadLine() != "ok")
        {
            throw new InvalidOperationException($"The broker's process did not do '{command}'; see its message above.");
        }
    }
}
