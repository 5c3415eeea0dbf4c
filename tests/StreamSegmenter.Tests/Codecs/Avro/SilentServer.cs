using System.Net;
using System.Net.Sockets;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>An address on loopback that accepts connections and never answers.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer() => _listener.Start();

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Dispose() => _listener.Dispose();
}
