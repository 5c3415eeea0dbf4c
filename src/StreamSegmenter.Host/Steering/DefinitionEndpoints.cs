using Microsoft.AspNetCore.Mvc;
using StreamSegmenter.Api;
using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Host.Steering;

/// <summary>The paths below <c>/api/v1/definitions</c> that steer. A body must be JSON, which a form on another site cannot send.</summary>
internal static class DefinitionEndpoints
{
    public static void Map(RouteGroupBuilder api, IDefinitionsApi definitions)
    {
        var group = api.MapGroup("/definitions");
        group.MapGet("/versions", () => TypedResults.Ok(definitions.Versions()))
            .WithName("definition-versions").WithSummary("All versions of the segments and rules that this instance knows, oldest first.");
        group.MapGet("/versions/{version}", (string version) => TypedResults.Ok(definitions.Text(version)))
            .WithName("definition-version").WithSummary("What a version says, as YAML to edit.").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/validate", (DefinitionProposal proposal) => TypedResults.Ok(definitions.Validate(proposal.Definitions)))
            .WithName("validate-definitions").WithSummary("Everything that is wrong with proposed segments and rules. Changes nothing.").Limited();
        group.MapPost("/plan", async (DefinitionProposal proposal, HttpContext context, CancellationToken cancellation) =>
                TypedResults.Ok(await definitions.PlanAsync(proposal.Definitions, AccessGuard.CallerOf(context), cancellation)))
            .WithName("plan-definitions").WithSummary("Who would enter and leave which segment, and what would fire at once. Changes nothing. Role admin.")
            .ProducesProblem(StatusCodes.Status403Forbidden).Limited();
        group.MapPost("/publish", async (PublicationRequest request, HttpContext context, CancellationToken cancellation) =>
                TypedResults.Ok(await definitions.PublishAsync(request, AccessGuard.CallerOf(context), cancellation)))
            .WithName("publish-definitions").WithSummary("All instances take these segments and rules over at one instant. Role admin.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict).Limited();
    }

    private static RouteHandlerBuilder Limited(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new RequestSizeLimitAttribute(DefinitionsApi.TextLengthMax * 2L))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
