import java.io.FileInputStream;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * Judges one certificate under its authority with the full CRL, at a time:
 * java CheckPath.java AUTHORITY CRL CERTIFICATE TIME. Prints "valid", or "refused: REASON"; exit 0, 1.
 */
public class CheckPath {
    public static void main(String[] args) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        X509Certificate authority = (X509Certificate) factory.generateCertificate(new FileInputStream(args[0]));
        X509CRL crl = (X509CRL) factory.generateCRL(new FileInputStream(args[1]));
        X509Certificate certificate = (X509Certificate) factory.generateCertificate(new FileInputStream(args[2]));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setDate(Date.from(Instant.parse(args[3])));
        parameters.addCertStore(CertStore.getInstance("Collection",
                new CollectionCertStoreParameters(List.of(crl))));
        CertPath path = factory.generateCertPath(List.of(certificate));
        try {
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            System.out.println("valid");
        } catch (CertPathValidatorException refusal) {
            System.out.println("refused: " + refusal.getReason() + " " + refusal.getMessage());
            System.exit(1);
        }
    }
}
