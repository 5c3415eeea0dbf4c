using StreamSegmenter.Api;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Definitions;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Planning;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Host.Steering;

/// <summary>Answers <c>/api/v1/definitions</c> by the same code as the commands <c>validate</c>, <c>plan</c> and <c>publish</c>.</summary>
/// <param name="audit">Takes one line for each plan and publication, also for one that was refused. No customer is named in it.</param>
internal sealed class DefinitionsApi(StreamSegmenterConfiguration configuration, KafkaEngine engine, TimeProvider clock, Action<string> audit) : IDefinitionsApi, IDisposable
{
    /// <summary>Of a proposal's text.</summary>
    public const int TextLengthMax = 1024 * 1024;

    private readonly SemaphoreSlim _planning = new(1);
    private readonly SemaphoreSlim _publishing = new(1);

    public DefinitionVersionList Versions()
    {
        var shards = engine.Telemetry.Lanes.SelectMany(lane => lane.Shards).ToArray();
        return new DefinitionVersionList(DefinitionPublisher.WhyNot(configuration), [.. engine.Versions.All.Select((version, index) => new DefinitionVersionSummary(
            version.Id, ApiTime.OrNever(version.PublishedMs), ApiTime.OrNever(version.EffectiveMs), version.Definitions.Segments.Count,
            version.Definitions.CartAbandonment.Count, shards.Count(shard => shard.VersionIndex == index)))]);
    }

    public DefinitionText Text(string version) => engine.Versions.IndexOf(version) is >= 0 and var index
        ? new DefinitionText(version, NodeYaml.OfJson(engine.Versions.All[index].Json))
        : throw ApiException.NotFound(
            $"There is no version '{version}'.{NearestName.Hint(version, [.. engine.Versions.All.Select(known => known.Id)])}");

    public ValidationReport Validate(string definitions) => Proposal.Read(configuration, definitions).Report;

    public Task<DefinitionPlan> PlanAsync(string definitions, Caller caller, CancellationToken cancellation) => Audited(caller, "plan definitions", async () =>
    {
        var proposed = Usable(definitions);
        if (!await _planning.WaitAsync(TimeSpan.Zero, cancellation))
        {
            throw ApiException.NotNow("Another plan is being made: it reads the whole state, so there is one at a time.");
        }

        try
        {
            var counts = new PlanCounts((_, _, _) => { });
            foreach (var segment in proposed.Segments.SegmentIds)
            {
                counts.Define(segment);
            }

            var plan = await Task.Run(() => new RunningState(proposed, counts).Read(cancellation), cancellation);
            return (Proposal.PlanOf(plan), $"{plan.Counts.Customers} customers");
        }
        finally
        {
            _planning.Release();
        }
    });

    public Task<Publication> PublishAsync(PublicationRequest request, Caller caller, CancellationToken cancellation) => Audited(caller, "publish definitions", async () =>
    {
        if (DefinitionPublisher.WhyNot(configuration) is { } whyNot)
        {
            throw ApiException.Conflict(char.ToUpperInvariant(whyNot[0]) + whyNot[1..] + ".");
        }

        var proposed = Usable(request.Definitions);
        await _publishing.WaitAsync(cancellation);
        try
        {
            var newest = engine.Versions.Latest;
            if (request.BasedOn != newest.Id)
            {
                throw Overtaken(newest.Id);
            }

            if (newest.SaysTheSameAs(DefinitionVersion.OfFile(proposed.Definitions, proposed.Segments)))
            {
                throw ApiException.Conflict($"Version {newest.Id} says the same: there is nothing to publish.");
            }

            var basedOn = DefinitionVersion.IsFileId(newest.Id) ? null : newest.Id;
            var result = await Task.Run(
                () => DefinitionPublisher.PublishAsync(proposed, request.EffectiveAt is { } at ? ApiTime.Ms(at) : null, basedOn, clock, cancellation), cancellation);
            return result.Status switch
            {
                PublishStatus.IsOvertaken => throw Overtaken(result.Before!.Id),
                PublishStatus.SaysTheSame => throw ApiException.Conflict($"Version {result.Before!.Id} says the same: there is nothing to publish."),
                PublishStatus.IsTooEarly => throw ApiException.Conflict(
                    $"Version {result.Before!.Id} takes over at {TimeText.Show(result.Before.EffectiveMs)}, and this one must do so later: name that in effectiveAt."),
                _ => (
                    new Publication(
                        result.Version.Id, ApiTime.Of(result.Version.EffectiveMs), proposed.Definitions.Segments.Count, proposed.Definitions.CartAbandonment.Count),
                    $"version {result.Version.Id} with {proposed.Definitions.Segments.Count} segments and {proposed.Definitions.CartAbandonment.Count} rules, "
                    + $"in force from {TimeText.Show(result.Version.EffectiveMs)}"),
            };
        }
        finally
        {
            _publishing.Release();
        }
    });

    public void Dispose()
    {
        _planning.Dispose();
        _publishing.Dispose();
    }

    private static ApiException Overtaken(string newest) => ApiException.Conflict(
        $"Version {newest} is the newest by now. Look at what it says, put your change into it, and name it in basedOn.");

    private StreamSegmenterConfiguration Usable(string definitions)
    {
        var proposal = Proposal.Read(configuration, definitions);
        return proposal.Configuration ?? throw ApiException.BadRequest(string.Join(
            " ", proposal.Report.Errors.Select(error => $"{error.Line}:{error.Column}: {error.Message}.")));
    }

    /// <summary>Does what an admin alone may do, and leaves a line about it whatever becomes of it.</summary>
    private async Task<T> Audited<T>(Caller caller, string what, Func<Task<(T Answer, string Outcome)>> act)
    {
        var outcome = "failed";
        try
        {
            if (!caller.IsAdmin)
            {
                throw ApiException.Forbidden("This needs a token with the role admin (http.tokens).");
            }

            (var answer, outcome) = await act();
            return answer;
        }
        catch (ApiException e)
        {
            // What is wrong with a definition may quote it, and is for its author.
            outcome = e.Status == 400 ? "refused: the definitions are not valid" : $"refused: {e.Message}";
            throw;
        }
        catch (Exception e) when (e is CommandFailure or KafkaLaneException)
        {
            outcome = $"failed: {e.Message}";
            throw ApiException.NotNow(configuration.Redactor.Redact(e.Message));
        }
        finally
        {
            audit(configuration.Redactor.Redact($"{caller.Name}: {what}: {outcome}"));
        }
    }
}
