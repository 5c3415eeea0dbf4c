using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StreamSegmenter.Host.Demo;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Integration.Api;

/// <summary>The server with a certificate that is renewed.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamsegmenter-tls-").FullName;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _reports = new();
    private DemoShop _shop = null!;

    private string CertificateFile => Path.Combine(_folder, "tls.crt");

    private string KeyFile => Path.Combine(_folder, "tls.key");

    public async ValueTask InitializeAsync()
    {
        TestBroker.RequireEmbedded();
        Renew("one");
        _shop = await DemoShop.OpenAsync(
            new DemoShopOptions
            {
                Overrides = ["http.listen=127.0.0.1:0", $"http.tls.certificate={CertificateFile}", $"http.tls.key={KeyFile}"], Report = _reports.Enqueue,
            },
            TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_and_one_that_is_half_written_is_not()
    {
        Assert.Equal("https", _shop.Address.Scheme);
        Assert.Equal("CN=one", await NameAsync());
        File.WriteAllText(KeyFile, "-----BEGIN PRIVATE KEY-----\nhalf");
        await ReportedAsync("the certificate of before stays in use");
        Assert.Equal("CN=one", await NameAsync());

        Renew("two");
        await ReportedAsync("has changed and is in use");
        Assert.Equal("CN=two", await NameAsync());
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        Assert.Contains("\"components\"", await client.GetStringAsync(new Uri(_shop.Address, "healthz")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_trust_the_certificate_or_speaks_no_TLS_gets_nothing()
    {
        using var strict = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => strict.GetStringAsync(new Uri(_shop.Address, "healthz")));
        var plain = new UriBuilder(_shop.Address) { Scheme = "http" }.Uri;
        await Assert.ThrowsAsync<HttpRequestException>(() => strict.GetStringAsync(new Uri(plain, "healthz")));
    }

    private async Task ReportedAsync(string words) => await Wait.ForAsync(
        async () =>
        {
            await NameAsync();
            return (_reports.FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)), $"never reported: {words}");
        },
        ServerCertificate.LookInterval * 10);

    private async Task<string> NameAsync()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(_shop.Address.Host, _shop.Address.Port);
        await using var tls = new SslStream(connection.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls.RemoteCertificate!.Subject;
    }

    private void Renew(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
    }
}
