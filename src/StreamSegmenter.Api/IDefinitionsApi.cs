namespace StreamSegmenter.Api;

/// <summary>Steers the definitions of a running engine: <c>/api/v1/definitions</c>, for those who ask within the process. Throws
/// <see cref="ApiException"/> where there is no right answer, and leaves a line in the audit log for each plan and publication.</summary>
public interface IDefinitionsApi
{
    DefinitionVersionList Versions();

    DefinitionText Text(string version);

    /// <summary>Reads nothing but the text: fit for every key that is pressed.</summary>
    ValidationReport Validate(string definitions);

    /// <summary>Evaluates every customer. Changes nothing; one at a time.</summary>
    Task<DefinitionPlan> PlanAsync(string definitions, Caller caller, CancellationToken cancellation);

    Task<Publication> PublishAsync(PublicationRequest request, Caller caller, CancellationToken cancellation);
}
