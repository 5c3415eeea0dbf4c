using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>A schema registry on loopback that answers from a table of "GET /path", without its query, → (status, body) and keeps what it was
/// asked.</summary>
internal sealed class RegistryServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public RegistryServer()
    {
        Url = new Uri($"http://127.0.0.1:{FreePort()}/registry/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    /// <summary>How long each answer takes.</summary>
    public TimeSpan Delay { get; set; }

    public ConcurrentDictionary<string, (int Status, string Body)> Answers { get; } = new();

    public ConcurrentQueue<(string Request, string? Authorization, string Body)> Asked { get; } = new();

    public void Dispose()
    {
        if (!_listener.IsListening)
        {
            return;
        }

        _listener.Stop();
        _serving.Wait(TimeSpan.FromSeconds(5));
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string path = context.Request.RawUrl!["/registry".Length..].Split('?')[0];
                string request = $"{context.Request.HttpMethod} {path}";
                using var reader = new StreamReader(context.Request.InputStream);
                Asked.Enqueue((request, context.Request.Headers["Authorization"], await reader.ReadToEndAsync()));
                (int status, string body) = Answers.GetValueOrDefault(request, (404, """{"error_code":40403,"message":"Schema not found"}"""));
                await Task.Delay(Delay);
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
            catch (Exception stopping) when (stopping is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
