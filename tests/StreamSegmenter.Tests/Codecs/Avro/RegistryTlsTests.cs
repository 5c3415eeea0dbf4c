using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>A registry behind TLS that demands a client certificate, both issued by a private authority.</summary>
public sealed class RegistryTlsTests : IAsyncLifetime
{
    private const string KeystorePassword = "changeit";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamsegmenter-tls-");
    private readonly X509Certificate2 _authority = NewAuthority();
    private WebApplication _server = null!;
    private string _url = "";

    public async ValueTask InitializeAsync()
    {
        using (var client = Issue("CN=segmenter"))
        {
            File.WriteAllBytes(Keystore, client.Export(X509ContentType.Pkcs12, KeystorePassword));
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = Issue("CN=registry");
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == _authority.Subject;
        })));
        _server = builder.Build();
        _server.Run(context => context.Response.WriteAsync("""{"schema":"\"long\""}"""));
        await _server.StartAsync();
        _url = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void A_client_certificate_opens_a_registry_that_demands_one()
    {
        var lookup = LookUp(withCertificate: true, trusting: true);
        Assert.Null(lookup.Reason);
        Assert.Equal(SchemaOutcome.Found, lookup.Outcome);
    }

    [Fact]
    public void Without_a_client_certificate_the_registry_is_unavailable() =>
        Assert.Equal(SchemaOutcome.Unavailable, LookUp(withCertificate: false, trusting: true).Outcome);

    [Fact]
    public void A_registry_whose_authority_the_system_does_not_trust_is_unavailable()
    {
        var lookup = LookUp(withCertificate: true, trusting: false);
        Assert.Equal(SchemaOutcome.Unavailable, lookup.Outcome);
        Assert.Contains("certificate", lookup.Reason, StringComparison.Ordinal);
    }

    private SchemaLookup LookUp(bool withCertificate, bool trusting)
    {
        // The system's trust store is not the test's to change.
        var properties = new Dictionary<string, string> { ["schema.registry.enable.ssl.certificate.verification"] = trusting ? "false" : "true" };
        if (withCertificate)
        {
            properties["schema.registry.ssl.keystore.location"] = Keystore;
            properties["schema.registry.ssl.keystore.password"] = KeystorePassword;
        }

        Assert.All(properties.Keys, name => Assert.Null(RegistryProperties.Problem(name)));
        using var source = new RegistrySchemaSource(new RegistryOptions(_url) { Properties = properties }, new ManualTime());
        return source.ById(7);
    }

    private string Keystore => Path.Combine(_directory.FullName, "client.p12");

    private static X509Certificate2 NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=private authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private X509Certificate2 Issue(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
