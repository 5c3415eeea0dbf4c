using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamSegmenter.Api;
using StreamSegmenter.Host.Steering;

namespace StreamSegmenter.Host.Api;

/// <summary>The paths of <c>/api/v1</c>. Errors are problem details (RFC 9457); 503 names in <c>Retry-After</c> when to ask again.</summary>
internal static class ApiEndpoints
{
    public const string Prefix = "/api/v1";
    public const string DocumentPath = Prefix + "/openapi.json";

    private const string CustomersPath = Prefix + "/customers/";

    public static void AddServices(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            options.SerializerOptions.Encoder = ApiJson.Relaxed.Options.Encoder;
        });
        // What is wrong with a parameter is named in the answer, and not only in an exception.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            if (context.Exception is BadHttpRequestException bad)
            {
                context.ProblemDetails.Detail = bad.Message;
            }
        });
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "StreamSegmenter";
            document.Info.Version = "v1";
            document.Info.Description =
                "State and output of a running engine. Times are ISO 8601 in UTC and event time, money is in minor units. 503 with Retry-After: there is no whole answer now.";
            document.Servers = [];
            return Task.CompletedTask;
        }));
    }

    public static void Map(IEndpointRouteBuilder app, IEngineApi api, IDefinitionsApi definitions, TimeProvider clock)
    {
        app.MapOpenApi(DocumentPath);
        var group = app.MapGroup(Prefix).AddEndpointFilter(AnswerProblems)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        MapState(group, api);
        MapOutputs(group, api);
        DefinitionEndpoints.Map(group, definitions);
        group.MapGet("/stream", (
            HttpContext context,
            [Description("trigger, suppressed, membership, pane, deadLetter; several with commas; none: all.")] string? kinds,
            string? rule, string? segment, string? customer,
            [FromHeader(Name = "Last-Event-ID")][Description("To resume behind that event.")] string? lastEventId) =>
                new EventStream(api, clock).WriteAsync(context, kinds, new StreamFilter([], rule, segment, customer), lastEventId))
            .WithName("stream").WithSummary("What is committed to the output topics, as server-sent events.")
            .Produces<string>(contentType: "text/event-stream");
    }

    private static void MapState(RouteGroupBuilder group, IEngineApi api)
    {
        group.MapGet("/status", () => TypedResults.Ok(api.Status())).WithName("status").WithSummary("How this instance is, and what it has done.");
        group.MapGet("/shards", () => TypedResults.Ok(api.Shards())).WithName("shards").WithSummary("The partitions of this instance.");
        group.MapGet("/definitions", () => TypedResults.Ok(api.Definitions())).WithName("definitions").WithSummary("The definitions in force.");
        group.MapGet("/segments", async (CancellationToken cancellation) => TypedResults.Ok(await api.SegmentsAsync(cancellation)))
            .WithName("segments").WithSummary("Segments with their sizes, and who came and left in the last hour.");
        group.MapGet("/segments/{segment}/members", async (
            string segment, [Description("The page's 'next'.")] string? after, CancellationToken cancellation, int limit = 100) =>
                TypedResults.Ok(await api.MembersAsync(segment, after, limit, cancellation)))
            .WithName("members").WithSummary("Members of a segment, page by page, in the order of their ids.").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/customers/{customerId}", async (
            HttpContext context, string customerId, [Description("An instant to come; none: the one of the state.")] DateTime? at, CancellationToken cancellation) =>
                TypedResults.Ok(await api.CustomerAsync(CustomerIdOf(context, customerId), at, cancellation)))
            .WithName("customer").WithSummary("One customer: state, why, what happened, and what comes if nothing happens.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapOutputs(RouteGroupBuilder group, IEngineApi api)
    {
        group.MapGet("/conversions", async (
            long? windowMs, string? dimension, DateTime? from, DateTime? to, CancellationToken cancellation, int limit = 500) =>
                TypedResults.Ok(await api.ConversionsAsync(new ConversionQuery(windowMs, dimension, from, to, limit), cancellation)))
            .WithName("conversions").WithSummary("Conversion numbers by window, range and dimension, summed over all partitions.");
        group.MapGet("/rules", async (CancellationToken cancellation) => TypedResults.Ok(await api.RulesAsync(cancellation)))
            .WithName("rules").WithSummary("What became of each rule's triggers: sent, suppressed by reason, recovered.");
        group.MapGet("/triggers", async (
            string? rule, string? kind, string? reason, string? customer, CancellationToken cancellation, int limit = 100) =>
                TypedResults.Ok(await api.TriggersAsync(new TriggerQuery(rule, kind, reason, customer, limit), cancellation)))
            .WithName("triggers").WithSummary("Recent triggers and suppressed ones, newest first.");
        group.MapGet("/memberships", async (string? segment, string? customer, CancellationToken cancellation, int limit = 100) =>
                TypedResults.Ok(await api.MembershipsAsync(segment, customer, limit, cancellation)))
            .WithName("memberships").WithSummary("Recent membership changes, newest first.");
        group.MapGet("/dead-letters", async (CancellationToken cancellation, int limit = 100) => TypedResults.Ok(await api.DeadLettersAsync(limit, cancellation)))
            .WithName("dead-letters").WithSummary("Recent records that could not be read or applied, with the reasons, newest first.");
    }

    /// <summary>Exactly what was sent: routing leaves an encoded slash as it is, and then it cannot be told from the text "%2F".</summary>
    private static string CustomerIdOf(HttpContext context, string routed)
    {
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?')[0];
        return path.StartsWith(CustomersPath, StringComparison.Ordinal) ? Uri.UnescapeDataString(path[CustomersPath.Length..]) : routed;
    }

    private static async ValueTask<object?> AnswerProblems(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        try
        {
            return await next(context);
        }
        catch (ApiException e)
        {
            return ProblemOf(context.HttpContext, e);
        }
    }

    private static ProblemHttpResult ProblemOf(HttpContext context, ApiException e)
    {
        if (e.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return TypedResults.Problem(e.Message, statusCode: e.Status, title: e.Title);
    }
}
