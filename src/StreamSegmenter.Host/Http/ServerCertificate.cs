using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Http;

/// <summary>The certificate of new connections. Both files are looked at every <see cref="LookInterval"/> while connections come, by their contents, since
/// what a container mounts changes without a file's time changing. Files that do not fit together, as in the middle of a renewal, leave the certificate
/// of before in use, and are reported once.</summary>
internal sealed class ServerCertificate
{
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly TlsFiles _files;
    private readonly TimeProvider _clock;
    private readonly Action<string> _report;
    private string _contents;
    private long _lookedAt;
    private SslStreamCertificateContext _context;

    /// <exception cref="IOException">The files cannot be read, or do not fit together; the message names the remedy.</exception>
    public ServerCertificate(TlsFiles files, TimeProvider clock, Action<string> report)
    {
        (_files, _clock, _report) = (files, clock, report);
        (_contents, _lookedAt) = (Contents(), clock.GetTimestamp());
        try
        {
            _context = Load();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IOException($"http.tls: '{files.Certificate}' and '{files.Key}' are no certificate and its key: {e.Message}", e);
        }
    }

    public SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            if (_clock.GetElapsedTime(_lookedAt) >= LookInterval)
            {
                _lookedAt = _clock.GetTimestamp();
                Look();
            }

            return _context;
        }
    }

    private void Look()
    {
        try
        {
            var contents = Contents();
            if (contents != _contents)
            {
                _contents = contents;
                _context = Load();
                _report($"http.tls: '{_files.Certificate}' has changed and is in use, valid until {_context.TargetCertificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            _report($"http.tls: the changed files cannot be used, and the certificate of before stays in use: {e.Message}");
        }
    }

    private SslStreamCertificateContext Load()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_files.Certificate, _files.Key);
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(_files.Certificate);
        // Through PKCS #12, as a key that was just read belongs to nothing that TLS could use on every platform.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(certificate, all, offline: true);
    }

    private string Contents() => File.ReadAllText(_files.Certificate) + File.ReadAllText(_files.Key);
}
