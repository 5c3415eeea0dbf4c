using System.Text;
using Microsoft.Extensions.Time.Testing;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Host.Peers;

namespace StreamSegmenter.Tests.Peers;

/// <summary>Whom an instance takes for being there.</summary>
public sealed class PeerDirectoryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly PeerDirectory _directory;

    public PeerDirectoryTests() => _directory = new PeerDirectory(
        new KafkaSettings
        {
            BootstrapServers = "nowhere:1", GroupId = "group", Inputs = [], Outputs = new KafkaOutputs("a", "b", "c", "d", "e", "f"),
        },
        "instances", new Uri("http://one:9464"), _clock, () => false, _ => { });

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public void Another_one_is_there_until_it_is_silent_or_leaves()
    {
        Hear("http://two:9464");
        Hear("http://three:9464");
        Assert.Equal(["http://three:9464/", "http://two:9464/"], Others());

        _clock.Advance(PeerDirectory.SilenceMax - TimeSpan.FromMilliseconds(1));
        Hear("http://two:9464");
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["http://two:9464/"], Others());

        _directory.Take("http://two:9464"u8, default);
        Assert.Empty(Others());
    }

    [Fact]
    public void It_never_asks_itself_nor_a_stranger_nor_what_is_no_address()
    {
        Hear("http://one:9464");
        Hear("http://two:9464", group: "another");
        Hear("file:///etc/passwd");
        _directory.Take("x"u8, "no announcement"u8);
        _directory.Take("x"u8, "null"u8);
        Assert.Empty(Others());
    }

    private string[] Others() => [.. _directory.Others.Select(peer => peer.ToString())];

    private void Hear(string endpoint, string group = "group") =>
        _directory.Take(Encoding.UTF8.GetBytes(endpoint), new Announcement("instance", group, endpoint).Encode());
}
