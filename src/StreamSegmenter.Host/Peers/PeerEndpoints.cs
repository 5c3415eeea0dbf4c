using StreamSegmenter.Api;

namespace StreamSegmenter.Host.Peers;

/// <summary>Between instances of one group only. No part of the API: it may be another in each version.</summary>
internal static class PeerEndpoints
{
    public const string Prefix = "/peer/v1";
    public const string Customer = Prefix + "/customer";
    public const string Members = Prefix + "/members";
    public const string Sizes = Prefix + "/sizes";

    public static void Map(IEndpointRouteBuilder app, IOwnAnswers own)
    {
        app.MapGet(Customer, (string id, DateTime? at, CancellationToken cancellation) => Answer(async () =>
            Results.Json(await own.CustomerAsync(id, at, cancellation), PeerJson.Default.OwnAnswerCustomerReport))).ExcludeFromDescription();
        app.MapGet(Members, (string segment, string? after, int limit, CancellationToken cancellation) => Answer(async () =>
            Results.Json(await own.MembersAsync(segment, after, limit, cancellation), PeerJson.Default.OwnAnswerMembersAnswer))).ExcludeFromDescription();
        app.MapGet(Sizes, () => Results.Json(own.Sizes(), PeerJson.Default.OwnAnswerDictionaryStringInt64)).ExcludeFromDescription();
    }

    private static async Task<IResult> Answer(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ApiException e)
        {
            return Results.Problem(e.Message, statusCode: e.Status, title: e.Title);
        }
    }
}
