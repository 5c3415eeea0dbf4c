using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace StreamSegmenter.Integration;

/// <summary>A client's connection through a <see cref="BrokerProxy"/>: passes whole requests on, and answers as they come.</summary>
internal sealed class ProxyConnection(Socket client, Socket broker, Func<ProxyFault?> fault) : IDisposable
{
    public const short Produce = 0;
    public const short Fetch = 1;
    public const short JoinGroup = 11;
    public const short Heartbeat = 12;

    private const int RequestBytesMax = 64 << 20;
    private readonly ConcurrentDictionary<short, bool> _requested = new();
    private volatile bool _swallowed;

    /// <summary>As the client calls itself; null before its first request.</summary>
    public string? ClientId { get; private set; }

    /// <summary>Of a lane's consumer, producer or restorer; its probe is another.</summary>
    public bool IsOfALane => ClientId?.StartsWith("streamsegmenter-", StringComparison.Ordinal) == true && !ClientId.EndsWith("-probe", StringComparison.Ordinal);

    /// <summary>Bytes of it have vanished. What follows would make no sense to either side, so it stays silent until it is closed.</summary>
    public bool IsSwallowed => _swallowed;

    public bool HasRequested(short api) => _requested.ContainsKey(api);

    public void Start()
    {
        _ = Task.Run(PassRequestsAsync);
        _ = Task.Run(PassAnswersAsync);
    }

    /// <summary>As a machine that has forgotten the connection answers.</summary>
    public void Reset()
    {
        try
        {
            client.LingerState = new LingerOption(true, 0);
        }
        catch (ObjectDisposedException)
        {
            // It is closed already.
        }

        Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        broker.Dispose();
    }

    private async Task PassRequestsAsync()
    {
        try
        {
            var head = new byte[4];
            while (await ReadAsync(head))
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(head);
                Assert.InRange(length, 8, RequestBytesMax);
                var request = new byte[length];
                if (!await ReadAsync(request))
                {
                    break;
                }

                Identify(request);
                if (fault() is { } active && active.Hits(this))
                {
                    await Task.Delay(active.Delay);
                    _swallowed |= active.SwallowsRequests;
                }

                if (!_swallowed)
                {
                    await broker.SendAsync(head);
                    await broker.SendAsync(request);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed by one side or the other.
        }

        Dispose();
    }

    private async Task PassAnswersAsync()
    {
        var buffer = new byte[64 << 10];
        try
        {
            int count;
            while ((count = await broker.ReceiveAsync(buffer)) > 0)
            {
                _swallowed |= fault() is { SwallowsAnswers: true } active && active.Hits(this);
                if (!_swallowed)
                {
                    await client.SendAsync(buffer.AsMemory(0, count));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed by one side or the other.
        }

        Dispose();
    }

    private async Task<bool> ReadAsync(Memory<byte> into)
    {
        for (var read = 0; read < into.Length;)
        {
            var count = await client.ReceiveAsync(into[read..]);
            if (count == 0)
            {
                return false;
            }

            read += count;
        }

        return true;
    }

    /// <summary>A request begins with its kind, its version, a number and the client's name.</summary>
    private void Identify(ReadOnlySpan<byte> request)
    {
        _requested[BinaryPrimitives.ReadInt16BigEndian(request)] = true;
        var length = BinaryPrimitives.ReadInt16BigEndian(request[8..]);
        ClientId ??= length > 0 ? Encoding.UTF8.GetString(request.Slice(10, length)) : "";
    }
}
