using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>One request to a schema registry: a JSON document, or an outcome in words. Never throws for what the network
/// does.</summary>
internal sealed class RegistryClient(HttpClient http, RegistryOptions options)
{
    private const string MediaType = "application/vnd.schemaregistry.v1+json";
    private const int MessageLengthMax = 200;

    private readonly string _base = options.Url.ToString().TrimEnd('/');
    private readonly AuthenticationHeaderValue? _authorization = options.User is null
        ? null
        : new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")));

    public SchemaOutcome Get(string path, out JsonDocument? answer, out string? reason) =>
        Send(HttpMethod.Get, path, null, out answer, out reason);

    public SchemaOutcome Post(string path, string json, out JsonDocument? answer, out string? reason) =>
        Send(HttpMethod.Post, path, json, out answer, out reason);

    private SchemaOutcome Send(HttpMethod method, string path, string? json, out JsonDocument? answer, out string? reason)
    {
        answer = null;
        string url = _base + path;
        try
        {
            using var request = new HttpRequestMessage(method, url);
            request.Headers.Accept.ParseAdd(MediaType);
            request.Headers.Authorization = _authorization;
            request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, MediaType);
            using HttpResponseMessage response = http.Send(request);
            using Stream body = response.Content.ReadAsStream();
            if (response.IsSuccessStatusCode)
            {
                answer = JsonDocument.Parse(body);
                reason = null;
                return SchemaOutcome.Found;
            }

            reason = $"{method} {url}: {(int)response.StatusCode} {MessageOf(body)}{RemedyOf(response.StatusCode)}";
            return OutcomeOf(response.StatusCode);
        }
        catch (JsonException)
        {
            reason = $"{method} {url}: the answer is not JSON; is this a schema registry?";
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            reason = failure is OperationCanceledException
                ? $"{method} {url}: no answer within {http.Timeout.TotalSeconds:0.#} s"
                : $"{method} {url}: {failure.Message}";
        }

        return SchemaOutcome.Unavailable;
    }

    // Only "not found" and "this schema is wrong" are about the schema. A refused password is about us, and may be mended.
    private static SchemaOutcome OutcomeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => SchemaOutcome.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity => SchemaOutcome.Unusable,
        _ => SchemaOutcome.Unavailable,
    };

    private static string RemedyOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "; check the registry's user and password in the configuration",
        HttpStatusCode.Conflict => "; the subject's compatibility setting refuses this schema",
        _ => "",
    };

    private static string MessageOf(Stream body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            string text = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("message", out JsonElement message)
                && message.ValueKind == JsonValueKind.String ? message.GetString()! : "";
            return text.Length <= MessageLengthMax ? text : text[..MessageLengthMax] + "…";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
