using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData(ListenAddress.Default, "127.0.0.1:9464")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:8080", "127.0.0.1:8080")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    public void Loopback_needs_no_permission(string text, string expected)
    {
        var (address, error) = ListenAddress.Parse(text, allowInsecure: false);
        Assert.Null(error);
        Assert.Equal(expected, address!.EndPoint.ToString());
    }

    [Theory]
    [InlineData("0.0.0.0:9464")]
    [InlineData("192.168.1.7:9464")]
    [InlineData("[::]:9464")]
    public void Any_other_address_is_refused_with_both_remedies(string text)
    {
        var (address, error) = ListenAddress.Parse(text, allowInsecure: false);
        Assert.Null(address);
        Assert.Contains($"http.listen: '{text}' can be reached from other machines", error);
        Assert.Contains("Listen on 127.0.0.1:9464", error);
        Assert.Contains("http.allowInsecure: true", error);
    }

    [Fact]
    public void A_container_may_listen_everywhere_if_the_configuration_allows_it() =>
        Assert.Equal("0.0.0.0:9464", ListenAddress.Parse("0.0.0.0:9464", allowInsecure: true).Address!.EndPoint.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("9464")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("metrics.example:9464")]
    public void What_is_no_address_and_port_is_refused(string text) =>
        Assert.Contains($"'{text}' is not an address and a port", ListenAddress.Parse(text, allowInsecure: true).Error);
}
