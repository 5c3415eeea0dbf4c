using Microsoft.Extensions.Time.Testing;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Versions;

namespace StreamSegmenter.Tests.Publishing;

/// <summary>How definitions come into a running engine.</summary>
public sealed class DefinitionFeedTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    private readonly List<string> _reports = [];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_file_that_changes_takes_over_from_that_instant_on()
    {
        using var feed = await FollowAsync("did(order_completed)", out var versions);

        Write("did(order_completed, 30d)");
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(2, versions.All.Count);
        Assert.InRange(versions.Latest.EffectiveMs, 1_700_000_001_000, 1_700_000_002_000);
        Assert.Contains("takes a restart", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_text_that_says_the_same_is_no_change()
    {
        using var feed = await FollowAsync("did(order_completed)", out var versions);

        Write("DID( purchase )");
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(versions.All);
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task A_bad_file_changes_nothing_and_is_shown_until_a_good_one_comes()
    {
        using var feed = await FollowAsync("did(order_completed)", out var versions);
        using var telemetry = new EngineTelemetry(new TelemetryLabels([], [], []), _clock, nameof(DefinitionFeedTests)) { Versions = versions };
        telemetry.AddLane().Health.ReportReady();

        Write("did(order_complete)");
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(versions.All);
        Assert.Equal(1, versions.Refused);
        Assert.StartsWith("definitions: refused, those in force stay: ", Assert.Single(_reports), StringComparison.Ordinal);
        var shown = telemetry.Components.Single(component => component.Component == "definitions");
        Assert.True(shown.Ready);
        Assert.Contains("unknown event 'order_complete'. Did you mean 'order_completed'?", shown.Reason!, StringComparison.Ordinal);
        Assert.True(telemetry.IsReady);

        Write("did(order_completed, 7d)");
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(2, versions.All.Count);
        Assert.DoesNotContain(telemetry.Components, component => component.Component == "definitions");
    }

    [Fact]
    public void A_version_of_the_topic_is_taken_once_however_often_it_comes()
    {
        using var feed = Feed("did(order_completed)", out var versions);
        var published = PublishedVersion.Create("""{"segments":[{"id":"keen","when":"did(order_completed, 7d)"}]}""", 1_700_000_100_000, 1_700_000_000_000);

        feed.Take(published.Encode());
        feed.Take(published.Encode());

        Assert.Equal([(published.Id, 1_700_000_100_000)], versions.All.Skip(1).Select(version => (version.Id, version.EffectiveMs)));
        Assert.Equal(["keen"], versions.Latest.Segments.SegmentIds);
    }

    [Fact]
    public void A_version_takes_over_after_the_one_before_it_even_if_it_names_an_earlier_instant()
    {
        using var feed = Feed("did(order_completed)", out var versions);

        feed.Take(PublishedVersion.Create("""{"segments":[]}""", 5_000, 1).Encode());
        feed.Take(PublishedVersion.Create("""{"segments":[]}""", 4_000, 2).Encode());

        Assert.Equal([5_000, 5_001], versions.All.Skip(1).Select(version => version.EffectiveMs));
    }

    [Theory]
    [InlineData("what is this", "is no version")]
    [InlineData("""{"id":"a","effective":"2026-01-01T00:00:00Z","published":"2026-01-01T00:00:00Z","definitions":{"segments":[{"id":"x","when":"did(order_complete)"}]}}""", "Did you mean 'order_completed'?")]
    [InlineData("""{"id":"a","effective":"2026-01-01T00:00:00Z","published":"2026-01-01T00:00:00Z","definitions":{"grace":"1h"}}""", "cannot change while the engine runs")]
    public void A_record_of_the_topic_that_cannot_be_used_is_refused(string record, string why)
    {
        using var feed = Feed("did(order_completed)", out var versions);

        feed.Take(System.Text.Encoding.UTF8.GetBytes(record));

        Assert.Single(versions.All);
        Assert.Equal(1, versions.Refused);
        Assert.Contains(why, versions.Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_published_of_a_configuration_says_what_the_configuration_says()
    {
        foreach (var sample in Directory.EnumerateFiles(Path.Combine(Architecture.RepositoryTree.Root, "samples"), "*.yaml", SearchOption.AllDirectories))
        {
            if (ConfigurationLoader.Load(sample, [], ConfigurationUse.Check, _ => "x").Configuration is not { } configuration)
            {
                continue;
            }

            var compiled = new VersionCompiler(configuration).Compile(PublishedVersion.Create(configuration.DefinitionsJson, 1, 1), out var errors);

            Assert.True(compiled is not null, $"{sample}: {string.Join("; ", errors)}");
            Assert.True(compiled.SaysTheSameAs(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments)), sample);
        }
    }

    private async Task<DefinitionFeed> Begun(DefinitionFeed feed)
    {
        await feed.StartAsync(TestContext.Current.CancellationToken);
        return feed;
    }

    private Task<DefinitionFeed> FollowAsync(string when, out DefinitionVersions versions) => Begun(Feed(when, out versions));

    private DefinitionFeed Feed(string when, out DefinitionVersions versions)
    {
        Write(when);
        var configuration = ConfigurationLoader.Load(_file, [], ConfigurationUse.Check, _ => null).Configuration!;
        versions = new DefinitionVersions(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments));
        return new DefinitionFeed(configuration, versions, _clock, _reports.Add);
    }

    private void Write(string when) => File.WriteAllText(_file, $"""
        inputs:
          - file: events.jsonl
        segments:
          - id: buyers
            when: {when}
        """);
}
