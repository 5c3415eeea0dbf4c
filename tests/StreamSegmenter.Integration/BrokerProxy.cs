using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StreamSegmenter.Integration;

/// <summary>The network between clients and a broker that advertises this address as its own: swallows bytes, delays them, resets
/// connections, accepts new ones and never answers.</summary>
internal sealed class BrokerProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxyConnection, bool> _connections = new();
    private readonly IPEndPoint _broker;
    private volatile ProxyFault? _fault;

    /// <param name="broker">Where it listens: <c>host:port</c>.</param>
    public BrokerProxy(string broker)
    {
        _broker = IPEndPoint.TryParse(broker, out var address) ? address : new IPEndPoint(IPAddress.Loopback, 0);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _ = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public string BootstrapServers => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public IEnumerable<ProxyConnection> Connections => _connections.Keys;

    /// <summary>In force for connections old and new, until the next one or <see cref="Heal"/>.</summary>
    public void Apply(ProxyFault fault) => _fault = fault;

    /// <summary>New connections work. Those of which bytes have vanished stay silent.</summary>
    public void Heal() => _fault = null;

    public void Reset(Func<ProxyConnection, bool> which)
    {
        foreach (var connection in _connections.Keys.Where(which))
        {
            connection.Reset();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                _ = ConnectAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await broker.ConnectAsync(_broker);
        }
        catch (SocketException)
        {
            broker.Dispose();
            client.Dispose();
            return;
        }

        client.NoDelay = broker.NoDelay = true;
        var connection = new ProxyConnection(client, broker, () => _fault);
        _connections[connection] = true;
        connection.Start();
    }
}
