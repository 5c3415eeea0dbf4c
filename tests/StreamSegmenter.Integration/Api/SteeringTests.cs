using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using StreamSegmenter.Testing.Checks;

namespace StreamSegmenter.Integration.Api;

/// <summary>Definitions that are validated, planned and published over the API, while the shop has traffic.</summary>
public sealed class SteeringTests(OpenShop shop) : IClassFixture<OpenShop>
{
    private const string Versions = "/api/v1/definitions/versions";

    private static readonly string More =
        """
        cartAbandonment:
          - { id: abandoned-cart, after: 5s, reentry: at-once }
        segments:
          - { id: shopping-now, when: "count(product_viewed, 1m, pane: 1s) >= 8" }
          - { id: viewer, when: "count(product_viewed, 1h) >= 1" }
        """;

    [Fact]
    public async Task Every_mistake_of_a_proposal_is_named_with_its_place_and_a_remedy()
    {
        var report = await PostAsync("validate", new { definitions = "segments:\n  - id: a\n    when: did(order_complete)\n  - id: b\n    wen: did(order_completed)\ncurrency: EUR\n" });
        Assert.False(report["valid"]!.GetValue<bool>());
        var errors = report["errors"]!.AsArray().Select(error => $"{error!["line"]}:{error["column"]} {error["message"]}").ToArray();
        Assert.Contains("3:15 unknown event 'order_complete'. Did you mean 'order_completed'?", errors);
        Assert.Contains(errors, error => error.StartsWith("5:5 ", StringComparison.Ordinal) && error.Contains("'when'", StringComparison.Ordinal));
        Assert.Contains("6:1 'currency' cannot change while the engine runs, only 'cartAbandonment' and 'segments' can: everything else takes a restart", errors);
        Assert.Equal("    when: did(order_complete)\n              ^", report["errors"]![0]!["excerpt"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("", "1:1 definitions are a map of the keys 'cartAbandonment' and 'segments', found an empty text; {} is none at all")]
    [InlineData("- a", "1:1 definitions are a map of the keys 'cartAbandonment' and 'segments', found a list; {} is none at all")]
    [InlineData("segments:\n  - { id: a, when: \"${file:/etc/passwd}\" }", "2:20 '${file:/etc/passwd}' takes a value from one machine, and others may have another: write the value itself")]
    public async Task What_is_no_definition_is_refused(string text, string error)
    {
        var report = await PostAsync("validate", new { definitions = text });
        Assert.Contains(error, report["errors"]!.AsArray().Select(found => $"{found!["line"]}:{found["column"]} {found["message"]}"));
    }

    [Fact]
    public async Task A_version_is_planned_and_published_and_takes_effect_and_can_be_taken_back()
    {
        var before = await NewestAsync();
        var plan = await PostAsync("plan", new { definitions = More });
        Assert.InRange(plan["customers"]!.GetValue<long>(), 1, long.MaxValue);
        Assert.Equal(
            ["hesitating gone", "shopping-now kept", "viewer new", "vip gone"],
            plan["segments"]!.AsArray().Select(segment => $"{segment!["segment"]} {segment["change"]}"));
        Assert.Equal(before, await NewestAsync());

        using var overtaken = await SendAsync("publish", new { definitions = More, basedOn = "file-00000000" });
        Assert.Equal(HttpStatusCode.Conflict, overtaken.StatusCode);
        Assert.Contains(before, await overtaken.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var published = (await PostAsync("publish", new { definitions = More, basedOn = before }))["version"]!.GetValue<string>();
        await shop.UntilAsync(Versions, list => ShardsOf(list, published) == 4);
        await shop.UntilAsync(
            "/api/v1/memberships?segment=viewer&limit=1", page => page["records"]!.AsArray() is [{ } change] && change["kind"]!.GetValue<string>() == "entered");

        var back = (await shop.GetAsync($"{Versions}/{before}"))["definitions"]!.GetValue<string>();
        using var same = await SendAsync("publish", new { definitions = More, basedOn = published });
        Assert.Equal(HttpStatusCode.Conflict, same.StatusCode);
        var undone = (await PostAsync("publish", new { definitions = back, basedOn = published }))["version"]!.GetValue<string>();
        await shop.UntilAsync(Versions, list => ShardsOf(list, undone) == 4);
        Assert.Equal(
            ["shopping-now", "hesitating", "vip"],
            (await shop.GetAsync("/api/v1/definitions"))["segments"]!.AsArray().Select(segment => segment!["segment"]!.GetValue<string>()));
        Assert.Contains(shop.Reports, line => line.StartsWith($"audit: this machine: publish definitions: version {published} with 2 segments and 1 rules", StringComparison.Ordinal));
        Assert.Contains(shop.Reports, line => line.StartsWith("audit: this machine: plan definitions: ", StringComparison.Ordinal));
        Assert.Contains(shop.Reports, line => line.StartsWith("audit: this machine: publish definitions: refused: Version ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text/plain", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("application/json", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("application/json", "same-origin", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_cannot_send_definitions(string type, string? site, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/definitions/validate")
        {
            Content = new StringContent("{\"definitions\":\"{}\"}", new System.Net.Http.Headers.MediaTypeHeaderValue(type)),
        };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var response = await shop.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{\"definitions\":7}", HttpStatusCode.BadRequest)]
    [InlineData("{\"definitions\":null}", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_no_proposal_is_a_bad_request(string body, HttpStatusCode status)
    {
        foreach (var path in (string[])["validate", "plan", "publish"])
        {
            using var response = await shop.Client.PostAsync($"/api/v1/definitions/{path}", new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
            Assert.True(status == response.StatusCode, $"{path} {body}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_refused()
    {
        using var response = await SendAsync("validate", new { definitions = new string('#', 3_000_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        using var status = await shop.Client.PostAsync("/api/v1/status", new ByteArrayContent(new byte[100_000]));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, status.StatusCode);
    }

    private static int ShardsOf(JsonNode list, string version) =>
        list["versions"]!.AsArray().FirstOrDefault(known => known!["version"]!.GetValue<string>() == version)?["shards"]!.GetValue<int>() ?? -1;

    private async Task<string> NewestAsync() => (await shop.GetAsync(Versions))["versions"]!.AsArray()[^1]!["version"]!.GetValue<string>();

    private Task<HttpResponseMessage> SendAsync(string path, object body) => shop.Client.PostAsync($"/api/v1/definitions/{path}", JsonContent.Create(body));

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var response = await SendAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        var answer = JsonNode.Parse(text)!;
        var document = new OpenApiCheck(await shop.GetAsync("/api/v1/openapi.json"));
        Assert.Equal([], document.Check($"/api/v1/definitions/{path}", 200, answer, "post"));
        return answer;
    }
}
