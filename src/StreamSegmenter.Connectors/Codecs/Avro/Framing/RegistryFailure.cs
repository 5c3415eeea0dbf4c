using System.Net;
using Confluent.SchemaRegistry;
using Newtonsoft.Json;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>What a failed request to a registry means for the requested schema.</summary>
internal static class RegistryFailure
{
    private const int MessageLengthMax = 400;

    // The registry's own "not found": no such subject, version or schema. A bare 404 comes from something else at that address.
    private const int SubjectNotFound = 40401;
    private const int SchemaNotFound = 40403;

    private const string CheckCredentials = "; check the registry's user and password, token or certificate in the configuration";

    /// <returns>Only "not found" and "this schema is wrong" are about the schema. Everything else may be repaired: a refused password, a
    /// registry that restarts.</returns>
    public static (SchemaOutcome Outcome, string Reason) Of(Exception failure) => failure switch
    {
        SchemaRegistryException answer => (OutcomeOf(answer), $"{(int)answer.Status} {Shorten(answer.Message)}{RemedyOf(answer)}"),
        JsonException => (SchemaOutcome.Unavailable, "the answer is not JSON; is this a schema registry?"),
        _ => (SchemaOutcome.Unavailable, Shorten(WithCause(failure)) + (IsUnauthorized(failure) ? CheckCredentials : "")),
    };

    private static SchemaOutcome OutcomeOf(SchemaRegistryException answer) => answer.Status switch
    {
        HttpStatusCode.NotFound when answer.ErrorCode is >= SubjectNotFound and <= SchemaNotFound => SchemaOutcome.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity => SchemaOutcome.Unusable,
        _ => SchemaOutcome.Unavailable,
    };

    private static string RemedyOf(SchemaRegistryException answer) => answer.Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => CheckCredentials,
        HttpStatusCode.Conflict => "; the subject's compatibility setting refuses this schema",
        HttpStatusCode.NotFound when OutcomeOf(answer) != SchemaOutcome.NotFound => "; is this a schema registry?",
        _ => "",
    };

    // The client reports a 401 whose body is not JSON by its word alone.
    private static bool IsUnauthorized(Exception failure) => failure.Message.Contains("Unauthorized", StringComparison.Ordinal);

    // What is wrong with a certificate is only in the innermost exception.
    private static string WithCause(Exception failure)
    {
        var cause = failure.GetBaseException().Message;
        return failure.Message.Contains(cause, StringComparison.Ordinal) ? failure.Message : $"{failure.Message}: {cause}";
    }

    private static string Shorten(string text) => text.Length <= MessageLengthMax ? text : text[..MessageLengthMax] + "…";
}
