// Path validation by the JDK. Each argument is "authority,leaf,crl or -,ocsp or -,seconds"; for each
// one line is printed: valid, or invalid and why.
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.*;
import java.util.*;

public class Judge {
    static final CertificateFactory factory = factory();

    static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    static X509Certificate cert(String path) throws Exception {
        return (X509Certificate) factory.generateCertificate(
            new ByteArrayInputStream(Files.readAllBytes(Path.of(path))));
    }

    static void judge(String[] what) throws Exception {
        X509Certificate leaf = cert(what[1]);
        PKIXParameters parameters =
            new PKIXParameters(Set.of(new TrustAnchor(cert(what[0]), null)));
        parameters.setDate(new Date(Long.parseLong(what[4]) * 1000));
        // The policies are critical and have a CPS qualifier, as the real ones: the JDK wants to hear
        // that the caller knows what a qualifier is.
        parameters.setPolicyQualifiersRejected(false);
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        if (what[2].equals("-")) {
            checker.setOcspResponses(Map.of(leaf, Files.readAllBytes(Path.of(what[3]))));
            checker.setOcspResponder(new URI("http://127.0.0.1:1/"));
            checker.setOptions(Set.of(PKIXRevocationChecker.Option.NO_FALLBACK));
        } else {
            CRL crl = factory.generateCRL(
                new ByteArrayInputStream(Files.readAllBytes(Path.of(what[2]))));
            parameters.addCertStore(CertStore.getInstance(
                "Collection", new CollectionCertStoreParameters(List.of(crl))));
            checker.setOptions(Set.of(PKIXRevocationChecker.Option.PREFER_CRLS,
                                      PKIXRevocationChecker.Option.NO_FALLBACK));
        }
        parameters.addCertPathChecker(checker);
        validator.validate(factory.generateCertPath(List.of(leaf)), parameters);
    }

    public static void main(String[] arguments) {
        for (String argument : arguments) {
            try {
                judge(argument.split(","));
                System.out.println("valid");
            } catch (Exception e) {
                System.out.println("invalid " + e.getMessage());
            }
        }
    }
}
