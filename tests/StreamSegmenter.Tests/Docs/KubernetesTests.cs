using k8s;
using k8s.Models;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Tests.Configuration;
using YamlDotNet.RepresentationModel;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The manifests of docker/kubernetes: each object is one of the Kubernetes API, without a field that it does not have, and what names
/// something in another names what is there.</summary>
public sealed class KubernetesTests
{
    private const string Folder = "docker/kubernetes/";

    private static readonly Dictionary<string, Type> Types = new()
    {
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["v1/Service"] = typeof(V1Service),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
    };

    private static readonly string Text = File.ReadAllText(RepositoryFiles.PathOf(Folder + "streamsegmenter.yaml"));

    private readonly List<object> _objects = KubernetesYaml.LoadAllFromString(Text, Types, strict: true);

    private V1StatefulSet Set => _objects.OfType<V1StatefulSet>().Single();

    private V1Container Engine => Set.Spec.Template.Spec.Containers.Single();

    [Fact]
    public void Every_object_is_one_of_the_api_and_a_mistyped_field_would_be_seen()
    {
        Assert.Equal(Types.Values.Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))), _objects.Select(item => item.GetType()).Distinct()
            .Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))));
        foreach (var (right, wrong) in ((string, string)[])[("replicas:", "replica:"), ("runAsNonRoot:", "runAsNonroot:"), ("maxUnavailable:", "maxUnavailabel:"), ("httpGet:", "httpget:")])
        {
            Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(Text.Replace(right, wrong, StringComparison.Ordinal), Types, strict: true));
        }
    }

    [Fact]
    public void Nothing_of_an_instance_is_writable_but_its_state_and_it_has_no_rights()
    {
        var (pod, container) = (Set.Spec.Template.Spec, Engine.SecurityContext);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.True(container.ReadOnlyRootFilesystem);
        Assert.False(container.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.Capabilities.Drop);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Equal(
            ["/tmp", "/var/lib/streamsegmenter"], Engine.VolumeMounts.Where(mount => mount.ReadOnlyProperty != true).Select(mount => mount.MountPath).Order());
        Assert.NotNull(Engine.Resources.Limits["memory"]);
    }

    [Fact]
    public void What_names_another_thing_names_one_that_is_there()
    {
        var labels = Set.Spec.Template.Metadata.Labels;
        var services = _objects.OfType<V1Service>().ToDictionary(service => service.Metadata.Name);
        Assert.Equal("None", services[Set.Spec.ServiceName].Spec.ClusterIP);
        Assert.All(services.Values, service => Assert.All(service.Spec.Selector, pair => Assert.Equal(pair.Value, labels[pair.Key])));
        Assert.All(services.Values.SelectMany(service => service.Spec.Ports), port => Assert.Contains(Engine.Ports, known => known.Name == port.TargetPort.Value));
        Assert.Equal(labels, Set.Spec.Selector.MatchLabels);
        Assert.Equal(labels, _objects.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels);
        Assert.Equal(labels, _objects.OfType<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels);
        Assert.Equal(_objects.OfType<V1ServiceAccount>().Single().Metadata.Name, Set.Spec.Template.Spec.ServiceAccountName);
        string[] volumes = [.. Set.Spec.Template.Spec.Volumes.Select(volume => volume.Name), .. Set.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name)];
        Assert.Equal(volumes.Order(), Engine.VolumeMounts.Select(mount => mount.Name).Order());
    }

    [Fact]
    public void The_probes_and_the_time_to_stop_are_those_of_the_engine()
    {
        Assert.Equal(
            ["/healthz", "/healthz", "/readyz"], ((V1Probe[])[Engine.StartupProbe, Engine.LivenessProbe, Engine.ReadinessProbe]).Select(probe => probe.HttpGet.Path));
        var configuration = Load();
        Assert.True(TimeSpan.FromSeconds(Set.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value) > configuration.Engine.ShutdownDeadline);
        Assert.Equal(configuration.Http.Listen!.EndPoint.Port, Engine.Ports.Single().ContainerPort);
        Assert.All(_objects.OfType<V1NetworkPolicy>().Single().Spec.Ingress.SelectMany(rule => rule.Ports), port => Assert.Equal($"{configuration.Http.Listen.EndPoint.Port}", port.Port.Value));
    }

    [Fact]
    public void An_instance_is_a_static_member_and_advertises_the_name_that_its_service_gives_it()
    {
        var configuration = Load();
        Assert.Equal("streamsegmenter-0", configuration.Kafka!.InstanceId);
        Assert.Equal(
            new Uri($"https://streamsegmenter-0.{Set.Spec.ServiceName}.shop.svc.cluster.local:9464"), configuration.Http.Advertised);
        Assert.NotNull(configuration.Http.Tls);
        Assert.NotNull(configuration.Outputs.Topics.Instances);
        Assert.Equal([AccessName("metrics"), AccessName("read"), AccessName("admin")], configuration.Http.Tokens.Select(token => token.Role.ToString().ToLowerInvariant()));
        Assert.StartsWith(Engine.VolumeMounts.Single(mount => mount.Name == "state").MountPath, configuration.Engine.Limits.StateDirectory!, StringComparison.Ordinal);

        static string AccessName(string role) => role;
    }

    [Fact]
    public void The_monitor_selects_the_service_of_the_api_and_brings_the_token_of_its_role()
    {
        using var reader = new StreamReader(RepositoryFiles.PathOf(Folder + "monitoring.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        var monitor = (YamlMappingNode)yaml.Documents.Single().RootNode;
        Assert.Equal(("monitoring.coreos.com/v1", "ServiceMonitor"), (monitor["apiVersion"].ToString(), monitor["kind"].ToString()));
        var service = _objects.OfType<V1Service>().Single(service => service.Metadata.Name == "streamsegmenter");
        Assert.All((YamlMappingNode)monitor["spec"]["selector"]["matchLabels"], pair => Assert.Equal(pair.Value.ToString(), service.Metadata.Labels[pair.Key.ToString()]));
        var endpoint = monitor["spec"]["endpoints"][0];
        Assert.Contains(service.Spec.Ports, port => port.Name == endpoint["port"].ToString());
        Assert.Equal(("/metrics", "metrics"), (endpoint["path"].ToString(), endpoint["authorization"]["credentials"]["key"].ToString()));
    }

    private static StreamSegmenterConfiguration Load()
    {
        // The secrets are files of the container.
        var text = System.Text.RegularExpressions.Regex.Replace(
            File.ReadAllText(RepositoryFiles.PathOf(Folder + "engine.yaml")), @"\$\{file:/run/secrets/tokens/(\w+)\}", "a-secret-token-of-$1");
        var loaded = ConfigurationLoader.LoadText(
            "engine.yaml", text, [], ConfigurationUse.Check, name => name switch { "POD_NAME" => "streamsegmenter-0", "POD_NAMESPACE" => "shop", _ => null });
        Assert.Empty(loaded.Errors);
        return loaded.Configuration!;
    }
}
